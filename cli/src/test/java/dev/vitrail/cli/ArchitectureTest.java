package dev.vitrail.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.originOwner;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. The reasons stand in the package pages. */
@AnalyzeClasses(packages = "dev.vitrail", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String IMAGING = "dev.vitrail.imaging..";
    private static final String ZOO = "dev.vitrail.zoo..";
    private static final String CONVERTER = "dev.vitrail.converter..";
    private static final String RUNTIME = "dev.vitrail.runtime..";
    private static final String CLI = "dev.vitrail.cli..";
    private static final String DJL = "ai.djl..";
    private static final String PROTOBUF = "com.google.protobuf..";
    private static final String ONNX_MESSAGES = "ai.onnx.proto..";
    private static final String ONNX_RUNTIME = "ai.onnxruntime..";
    private static final String JACKSON = "com.fasterxml.jackson..";

    @ArchTest
    static final ArchRule imagingKnowsNobody =
            noClasses()
                    .that()
                    .resideInAPackage(IMAGING)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ZOO, CONVERTER, RUNTIME, CLI, DJL, ONNX_RUNTIME);

    @ArchTest
    static final ArchRule zooKnowsNeitherConverterNorRuntime =
            noClasses()
                    .that()
                    .resideInAPackage(ZOO)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(CONVERTER, RUNTIME, CLI, ONNX_RUNTIME);

    @ArchTest
    static final ArchRule converterKnowsDjlButNoVisionTransformer =
            noClasses()
                    .that()
                    .resideInAPackage(CONVERTER)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ZOO, RUNTIME, CLI, IMAGING);

    @ArchTest
    static final ArchRule runtimeNeedsNoTrainingEngine =
            noClasses()
                    .that()
                    .resideInAPackage(RUNTIME)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ZOO, CONVERTER, CLI, DJL, PROTOBUF, ONNX_MESSAGES);

    @ArchTest
    static final ArchRule onlyTracingAndVerifyingTouchDjl =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.vitrail.converter.graph..",
                            "dev.vitrail.converter.pass..",
                            "dev.vitrail.converter.onnx..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(DJL);

    @ArchTest
    static final ArchRule loweringSpeaksOfRecordedCallsOnly =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vitrail.converter.lower..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(DJL);

    @ArchTest
    static final ArchRule tracingKnowsNoOnnx =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vitrail.converter.trace..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.vitrail.converter.graph..",
                            "dev.vitrail.converter.lower..",
                            "dev.vitrail.converter.pass..",
                            "dev.vitrail.converter.onnx..");

    @ArchTest
    static final ArchRule onlyTheOnnxPackageTouchesProtobuf =
            noClasses()
                    .that()
                    .resideInAPackage(CONVERTER)
                    .and()
                    .resideOutsideOfPackage("dev.vitrail.converter.onnx..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(PROTOBUF, ONNX_MESSAGES);

    @ArchTest
    static final ArchRule onlyVerificationRunsModelsInTheConverter =
            noClasses()
                    .that()
                    .resideInAPackage(CONVERTER)
                    .and()
                    .resideOutsideOfPackage("dev.vitrail.converter.verify..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(ONNX_RUNTIME);

    @ArchTest
    static final ArchRule theGraphStandsAlone =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vitrail.converter.graph..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.vitrail.converter",
                            "dev.vitrail.converter.trace..",
                            "dev.vitrail.converter.lower..",
                            "dev.vitrail.converter.pass..",
                            "dev.vitrail.converter.onnx..",
                            "dev.vitrail.converter.verify..");

    @ArchTest
    static final ArchRule passesAndWritersKnowOnlyTheGraph =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.vitrail.converter.pass..", "dev.vitrail.converter.onnx..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "dev.vitrail.converter",
                            "dev.vitrail.converter.trace..",
                            "dev.vitrail.converter.lower..",
                            "dev.vitrail.converter.verify..");

    @ArchTest
    static final ArchRule configsAndGridsNeedNoDjl =
            noClasses()
                    .that()
                    .resideInAnyPackage("dev.vitrail.zoo.config..", "dev.vitrail.zoo.grid..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(DJL);

    @ArchTest
    static final ArchRule blocksNeedNoJson =
            noClasses()
                    .that()
                    .resideInAPackage("dev.vitrail.zoo.block..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(JACKSON);

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("dev.vitrail.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule pathsInsteadOfFiles =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(CLI)
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(java.io.File.class);

    @ArchTest
    static final ArchRule onlyTheConsolePrints =
            noClasses()
                    .that(
                            new com.tngtech.archunit.base.DescribedPredicate<JavaClass>(
                                    "are not the console") {
                                @Override
                                public boolean test(JavaClass type) {
                                    return !type.getName().startsWith("dev.vitrail.cli.Console");
                                }
                            })
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .orShould()
                    .callMethodWhere(
                            target(name("printStackTrace"))
                                    .and(originOwner(not(type(Main.class)))));

    @ArchTest
    static final ArchRule noPublicMutableFields =
            noFields().that().arePublic().should().notBeFinal();

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            classes()
                    .that()
                    .doNotHaveModifier(JavaModifier.SYNTHETIC)
                    .should()
                    .haveNameNotMatching(".*(Utils?|Helper|Impl|(?<!Symbolic)Manager)$");
}
