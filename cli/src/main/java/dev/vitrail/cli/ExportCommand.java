package dev.vitrail.cli;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.lower.Lowering;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.verify.Sample;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.MachineMemory;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail export}: a run folder or a config to an ONNX file. */
@Command(
        name = "export",
        header = "Export a trained network to ONNX, and verify the file.",
        description = {
            "%nThe file is run in ONNX Runtime against the network in DJL at batch sizes that were"
                    + " not traced, and on the images of --data; if they differ by more than float"
                    + " arithmetic explains, it is an error and no file is left.",
            "Architecture, labels and preprocessing are in the file's metadata; nothing else is"
                    + " needed to run it.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail export --model runs/photos --out photos.onnx --data photos",
            "  vitrail export --config vit-base-patch16-224 --out untrained.onnx"
        },
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    private static final int MOST_IMAGES = 32;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(names = "--out", required = true, paramLabel = "FILE.onnx", description = "The file.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace the file if there is one already.")
    private boolean overwrite;

    @Option(
            names = "--opset",
            paramLabel = "N",
            defaultValue = "17",
            description = "Version of ONNX's operator set. Default: ${DEFAULT-VALUE}.")
    private int opset;

    @Option(
            names = "--external-data",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = {
                "Weights in a second file: ${COMPLETION-CANDIDATES}; auto does so above 2 GB, where"
                        + " one file cannot be. Default: ${DEFAULT-VALUE}."
            })
    private ExternalDataPolicy externalData;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Images to verify with, up to " + MOST_IMAGES + ", besides random input.")
    private Path data;

    @Option(names = "--no-verify", description = "Do not run the file against the network.")
    private boolean noVerify;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the random weights with --config. Default: 0.")
    private Long seed;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    ExportCommand(Console console) {
        this.console = console;
    }

    /** What is exported. */
    static final class Source {
        @Option(
                names = "--model",
                paramLabel = "RUN",
                description = "A run folder: its best weights.")
        private Path run;

        @Option(
                names = "--config",
                paramLabel = "NAME|CONFIG",
                description = "A config: an untrained network, for measuring.")
        private String config;
    }

    @Override
    public Integer call() {
        if (!Arguments.isOnnx(out)) {
            throw Failure.wrongUse("--out " + out + ": must end in .onnx");
        }
        if (opset < Lowering.FIRST_OPSET || opset > Lowering.LAST_OPSET) {
            throw Failure.wrongUse(
                    "--opset is "
                            + opset
                            + ", must be "
                            + Lowering.FIRST_OPSET
                            + " to "
                            + Lowering.LAST_OPSET);
        }
        Arguments.newFile("--out", out, overwrite);
        // Where the weights would go if they do not fit one file.
        Arguments.newFile("--out", out.resolveSibling(out.getFileName() + "_data"), overwrite);
        if (source.run != null && seed != null) {
            throw Failure.wrongUse("--seed is of random weights; a run has its own, leave it out");
        }
        if (data != null) {
            Arguments.existing("--data", data);
            if (noVerify) {
                throw Failure.wrongUse("--data is to verify with; leave out --no-verify");
            }
        }
        if (source.run != null) {
            Arguments.existingFolder("--model", source.run);
            Run run = Run.open(source.run);
            if (noVerify) {
                return print(NetworkExport.unverified(run, settings()));
            }
            try (Network network = run.mappedNetwork()) {
                return verified(run.config(), network.block());
            }
        }
        ModelConfig config = Configs.read(source.config);
        ModelPlan.of(config.model(), config.labels().count())
                .refuseBuilding(MachineMemory.bytes())
                .ifPresent(
                        sentence -> {
                            throw Failure.failed(source.config + ": " + sentence);
                        });
        VisionTransformer block = new VisionTransformer(config.model(), config.labels().count());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            block.initialize(manager, seed == null ? 0 : seed);
            return noVerify
                    ? print(NetworkExport.unverified(config, block, settings()))
                    : verified(config, block);
        }
    }

    private NetworkExport.Settings settings() {
        return new NetworkExport.Settings(out, opset, externalData);
    }

    private int verified(ModelConfig config, VisionTransformer block) {
        List<Sample> samples =
                data == null ? List.of() : Samples.of(data, config.preprocessing(), MOST_IMAGES);
        return print(NetworkExport.verified(config, block, settings(), samples));
    }

    private int print(ExportReport report) {
        if (json) {
            console.json(object(report));
        } else {
            printText(report);
        }
        return ExitCode.DONE.code();
    }

    private void printText(ExportReport report) {
        console.print(
                String.format(
                        Locale.ROOT,
                        "%s: %.1f MB, opset %d, %d nodes, %,d parameters (traced in %.1f s, written"
                                + " in %.1f s)",
                        report.file(),
                        report.bytes() / 1e6,
                        report.opset(),
                        report.nodes(),
                        report.parameters(),
                        report.traceSeconds(),
                        report.writeSeconds()));
        report.dataFile()
                .ifPresent(file -> console.print("weights in " + file + "; keep both together"));
        if (report.verification().isPresent()) {
            console.print(
                    String.format(
                            Locale.ROOT,
                            "verified against DJL in %.1f s on %s%n%s",
                            report.verifySeconds(),
                            String.join("; ", report.verification().get().samples()),
                            report.verification().get()));
        } else {
            console.print("not verified (--no-verify)");
        }
    }

    private static Map<String, Object> object(ExportReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", report.file().toString());
        report.dataFile().ifPresent(file -> object.put("data_file", file.toString()));
        object.put("bytes", report.bytes());
        object.put("opset", report.opset());
        object.put("nodes", report.nodes());
        object.put("operators", report.operators());
        object.put("parameters", report.parameters());
        object.put("weights_sha256", report.weightsSha256());
        object.put("trace_seconds", report.traceSeconds());
        object.put("write_seconds", report.writeSeconds());
        object.put("verify_seconds", report.verifySeconds());
        report.verification()
                .ifPresent(
                        verification -> object.put("verified", VerifyCommand.object(verification)));
        return object;
    }
}
