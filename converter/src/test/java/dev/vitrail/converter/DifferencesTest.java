package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.testing.TinyVit;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.verify.Verification;
import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.converter.verify.VerificationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How far whole networks are from DJL, batch by batch, at the oldest and the newest opset. Writes
 * the table {@code target/differences.md}, of which the module's {@code DIFFERENCES.md} is a copy.
 */
@Tag("slow")
class DifferencesTest {
    private static final List<Integer> BATCHES = List.of(1, 2, 3, 5, 16);
    private static final List<String> TABLE = new ArrayList<>();

    @TempDir Path folder;

    @BeforeAll
    static void head() {
        TABLE.add("| Network | Opset | 1 | 2 | 3 | 5 | 16 |");
        TABLE.add("| --- | --- | --- | --- | --- | --- | --- |");
    }

    static Stream<CoverageTest.Subject> networks() {
        return CoverageTest.networks();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void agreesAtEveryBatch(CoverageTest.Subject subject) {
        agrees(subject, 17, 23);
    }

    private void agrees(CoverageTest.Subject subject, int... opsets) {
        try (NDManager manager = NDManager.newBaseManager()) {
            manager.getEngine().setRandomSeed(3);
            Block block = subject.block().get();
            block.initialize(manager, DataType.FLOAT32, CoverageTest.shapes(subject));
            for (int opset : opsets) {
                compare(subject.name(), block, opset, subject.inputs(), subject.minimum());
            }
        }
    }

    static Stream<CoverageTest.Subject> largeNetworks() {
        return CoverageTest.largeNetworks();
    }

    /** At the oldest opset alone: these take a minute each. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("largeNetworks")
    void agreesAtEveryBatchWhereItIsLarge(CoverageTest.Subject subject) {
        agrees(subject, 17);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 23})
    void aVisionTransformerAgreesAtEveryBatch(int opset) {
        try (NDManager manager = NDManager.newBaseManager()) {
            manager.getEngine().setRandomSeed(3);
            Block block = TinyVit.initialised(manager, TinyVit.Config.TINY);
            ArrayInput pixels = ArrayInput.batchOf("pixel_values", 3, 32, 32);
            compare("Vision transformer", block, opset, List.of(pixels), 1);
        }
    }

    private void compare(
            String name, Block block, int opset, List<ArrayInput> inputs, long minimum) {
        SymbolicAxis axis = new SymbolicAxis("batch", minimum, Long.MAX_VALUE);
        Exporter exporter = new Exporter(block, options(opset));
        inputs.forEach(exporter::input);
        Path file = exporter.axis(axis).export(folder.resolve("network.onnx")).file();
        StringBuilder row = new StringBuilder("| " + name + " | " + opset + " |");
        for (int batch : BATCHES) {
            if (batch < minimum) {
                row.append(" - |");
                continue;
            }
            VerificationReport found =
                    new Verification(
                                    block,
                                    inputs,
                                    List.of(axis),
                                    VerificationOptions.defaults()
                                            .withSteps((int) (batch - minimum))
                                            .withIntegerBounds(Map.of("ids", 20L)))
                            .run(file);
            assertThat(found.passed()).as("%s, batch %d: %s", name, batch, found).isTrue();
            row.append(String.format(Locale.ROOT, " %.0e |", found.largestRelativeDifference()));
        }
        TABLE.add(row.toString());
    }

    private static ExportOptions options(int opset) {
        return new ExportOptions(
                opset,
                "network",
                List.of(),
                new TreeMap<>(),
                "test",
                "1",
                ExternalDataPolicy.AUTO,
                Optional.empty(),
                Map.of());
    }

    /** Name and opset. */
    private static String withoutNumbers(String row) {
        return row.substring(0, row.indexOf('|', row.indexOf('|', 1) + 1) + 1);
    }

    @AfterAll
    static void writeTheTable() throws IOException {
        Path target = Path.of("target");
        Files.createDirectories(target);
        Files.write(target.resolve("differences.md"), TABLE);
        // The differences vary with the machine, the rows may not.
        String stated =
                Files.readString(
                        Path.of(System.getProperty("vitrail.root"), "converter", "DIFFERENCES.md"));
        assertThat(TABLE.stream().map(DifferencesTest::withoutNumbers))
                .as("rows of DIFFERENCES.md, whose table target/differences.md has anew")
                .allSatisfy(row -> assertThat(stated).contains(row));
    }
}
