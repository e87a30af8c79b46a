package dev.vitrail.cli;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.lower.Lowering;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.verify.Sample;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.checkpoint.CheckpointWriter;
import dev.vitrail.zoo.checkpoint.Naming;
import dev.vitrail.zoo.checkpoint.Provenance;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vitrail export}: a run folder or a config to an ONNX file, a run to another format. */
@Command(
        name = "export",
        header = "Export a network to ONNX, verified, or in another project's format.",
        description = {
            "%nThe file is run in ONNX Runtime against the network in DJL at batch sizes that were"
                    + " not traced, and on the images of --data; if they differ by more than float"
                    + " arithmetic explains, it is an error and no file is left.",
            "Architecture, labels and preprocessing are in the file's metadata; nothing else is"
                    + " needed to run it.",
            "--format safetensors writes a folder as timm, Hugging Face or torchvision would:"
                    + " weights under their names, and their config files. A network that theirs"
                    + " cannot be is refused by the key that they lack. Of a run of 'vitrail"
                    + " pretrain' it is the encoder, as a model without a head.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail export --model runs/photos --out photos.onnx --data photos",
            "  vitrail export --model runs/photos --image-size 384x512 --out wide.onnx",
            "  vitrail export --model runs/photos --with-preprocessing --out photos-bytes.onnx",
            "  vitrail export --config vit-base-patch16-224 --out untrained.onnx",
            "  vitrail export --model runs/base --format safetensors --names timm --out base-timm"
        },
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    private static final int MOST_IMAGES = 32;

    /** What one protobuf message can be. */
    private static final long ONE_FILE = Integer.MAX_VALUE;

    private static final int DEFAULT_OPSET = 17;

    /** What the network is written as. */
    enum Format {
        ONNX,
        SAFETENSORS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE.onnx|DIR",
            description = "The file; with --format safetensors the folder.")
    private Path out;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "onnx",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format;

    @Option(
            names = "--names",
            paramLabel = "PROJECT",
            description =
                    "With --format safetensors: whose names and config files,"
                            + " ${COMPLETION-CANDIDATES}. Default: timm.")
    private Naming names;

    @Option(names = "--overwrite", description = "Replace the file if there is one already.")
    private boolean overwrite;

    @Mixin private InputOptions input;

    @Option(
            names = "--opset",
            paramLabel = "N",
            description = "Version of ONNX's operator set. Default: " + DEFAULT_OPSET + ".")
    private Integer opset;

    @Option(
            names = "--external-data",
            paramLabel = "WHEN",
            description = {
                "Weights in a second file: ${COMPLETION-CANDIDATES}; auto does so above 2 GB, where"
                        + " one file cannot be. Default: auto."
            })
    private ExternalDataPolicy externalData;

    @Option(
            names = "--with-preprocessing",
            description =
                    "Put resize, crop and normalisation into the graph: its input is then"
                        + " \"image\", the bytes [height, width, 3] of one decoded RGB image of any"
                        + " size.")
    private boolean withPreprocessing;

    @Option(
            names = "--with-attention",
            description =
                    "Hand out the attention weights of every layer as further outputs, for"
                            + " \"vitrail explain\".")
    private boolean withAttention;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Images to verify with, up to " + MOST_IMAGES + ", besides random input.")
    private Path data;

    @Option(
            names = "--with-embeddings",
            description =
                    "Also hand out what the classifier head reads, as the output embeddings [batch,"
                            + " dim], for 'vitrail classify --embeddings'.")
    private boolean withEmbeddings;

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
        return switch (format) {
            case ONNX -> onnx();
            case SAFETENSORS -> safetensors();
        };
    }

    private int safetensors() {
        boolean forOnnx =
                opset != null
                        || externalData != null
                        || withPreprocessing
                        || withAttention
                        || withEmbeddings
                        || data != null
                        || noVerify
                        || seed != null;
        if (forOnnx || source.run == null) {
            throw Failure.wrongUse(
                    "--format safetensors takes --model, --image-size, --patch-size, --names,"
                            + " --out, --overwrite and --json");
        }
        Arguments.existingFolder("--model", source.run);
        Arguments.notTheInput("--out", out, source.run);
        if (!overwrite) {
            Arguments.newFolder("--out", out);
        }
        // An encoder without a head is one to the other projects too.
        CheckpointWriter.Written written =
                CheckpointWriter.write(
                        seenThrough(Run.open(source.run)),
                        names == null ? Naming.TIMM : names,
                        out);
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("kind", written.kind());
            object.put("tensors", written.tensors());
            object.put("files", written.files().stream().map(Path::toString).toList());
            object.put("notes", written.notes());
            console.json(object);
        } else {
            console.print(written.kind() + ", " + written.tensors() + " tensors");
            written.files().forEach(file -> console.print("  " + file));
        }
        written.notes().forEach(note -> console.note("note: " + note));
        return ExitCode.DONE.code();
    }

    private Run run() {
        return seenThrough(Run.openClassifier(source.run));
    }

    private Run seenThrough(Run stored) {
        return stored.withInput(input.applyTo(stored.config()));
    }

    private int onnx() {
        if (names != null) {
            throw Failure.wrongUse("--names is for --format safetensors");
        }
        if (opset == null) {
            opset = DEFAULT_OPSET;
        }
        if (externalData == null) {
            externalData = ExternalDataPolicy.AUTO;
        }
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
            Run run = run();
            refuseOneFile(run.config());
            if (noVerify) {
                return print(NetworkExport.unverified(run, settings()));
            }
            try (Network network = run.mappedNetwork()) {
                return verified(run.config(), network.block());
            }
        }
        ModelConfig config = input.applyTo(Configs.read(source.config));
        refuseOneFile(config);
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

    /** Before anything is read or drawn, what the weights alone decide. */
    private void refuseOneFile(ModelConfig config) {
        long bytes = ModelPlan.of(config.model(), config.labels().count()).weightBytes();
        if (externalData == ExternalDataPolicy.NEVER && bytes > ONE_FILE) {
            throw Failure.wrongUse(
                    String.format(
                            Locale.ROOT,
                            "--external-data never: the weights of %s are %,d bytes, and one ONNX"
                                    + " file can hold %,d; leave the option out",
                            config.name(),
                            bytes,
                            ONE_FILE));
        }
    }

    private NetworkExport.Settings settings() {
        return new NetworkExport.Settings(
                out,
                opset,
                externalData,
                Optional.ofNullable(source.run).map(Run::open).flatMap(Provenance::summary),
                new NetworkExport.Additions(withPreprocessing, withAttention, withEmbeddings));
    }

    private int verified(ModelConfig config, VisionTransformer block) {
        List<Sample> samples =
                data == null
                        ? List.of()
                        : withPreprocessing
                                ? Samples.ofBytes(data, config.preprocessing(), MOST_IMAGES)
                                : Samples.of(data, config.preprocessing(), MOST_IMAGES);
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
