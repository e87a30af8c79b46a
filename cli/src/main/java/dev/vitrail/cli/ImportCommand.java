package dev.vitrail.cli;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.checkpoint.Checkpoint;
import dev.vitrail.zoo.checkpoint.ImportOptions;
import dev.vitrail.zoo.checkpoint.ImportPlan;
import dev.vitrail.zoo.checkpoint.Ledger;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.train.Run;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vitrail import}: another project's checkpoint to a run folder. */
@Command(
        name = "import",
        header = "Import a checkpoint of timm, Hugging Face, torchvision and others.",
        description = {
            "%nFamily and network are read from the names and shapes of the tensors; a config.json"
                    + " beside them adds what shapes do not show, labels and preprocessing."
                    + " Pickle files (.pt, .pth, .bin) are refused.",
            "The ledger says what became of every tensor. One that is missing or left over is an"
                    + " error unless --allow names it.",
            "The run folder is like a trained one: export, evaluate, verify and train follow.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail import --weights vit_base_patch16_224.augreg --out runs/base",
            "  vitrail import --weights backbone.safetensors --reset-head labels.txt --out"
                    + " runs/own",
            "  vitrail import --weights B_16.npz --image-size 384 --out runs/b16-384",
            "  vitrail import --weights model.safetensors --config mine.json --out runs/mine"
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE|DIR",
            description =
                    "The checkpoint: a file of weights, a folder with its config.json, or a run"
                            + " folder.")
    private Path weights;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "RUN",
            description = "The run folder to make.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace the run that is in --out.")
    private boolean overwrite;

    @Option(
            names = "--config",
            paramLabel = "NAME|CONFIG",
            description =
                    "Network, labels and preprocessing as they stand there, position_resampling"
                        + " too, instead of what is detected; for heads that no tensor shows, for"
                        + " instance.")
    private String config;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Of the model. Default: what the checkpoint is called.")
    private String name;

    @Option(
            names = "--reset-head",
            paramLabel = "N|LABELS.txt",
            description =
                    "A new classifier head, to be trained: its number of classes, or a file with a"
                            + " label a line.")
    private String resetHead;

    @Mixin private InputOptions input;

    @Option(
            names = "--allow",
            paramLabel = "PATTERN",
            description =
                    "Tensors that may be left over, or missing and then initialised as for a"
                            + " training; * is anything. May be repeated.")
    private List<String> allow = List.of();

    @Option(names = "--json", description = "Print one JSON object, with the complete ledger.")
    private boolean json;

    private final Console console;

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!Files.exists(weights, LinkOption.NOFOLLOW_LINKS)) {
            throw Failure.wrongUse(
                    "--weights " + weights + ": no such file or folder, and nothing is downloaded");
        }
        Arguments.notTheInput("--out", out, weights);
        if (!overwrite) {
            Arguments.newFolder("--out", out);
        } else if (!isRun(out)) {
            Arguments.newFolder(
                    "--out", out, "is no run folder, and --overwrite replaces no other");
        }
        if (name != null && name.isBlank()) {
            throw Failure.wrongUse("--name is blank");
        }
        ImportOptions options =
                new ImportOptions(
                        Optional.ofNullable(config).map(Configs::read),
                        Optional.ofNullable(name),
                        Optional.ofNullable(resetHead).map(ImportCommand::labels),
                        input.change(),
                        allow);
        long start = System.nanoTime();
        try (Checkpoint checkpoint = Checkpoint.open(weights)) {
            ImportPlan plan = checkpoint.plan(options);
            plan.allowedInVain()
                    .forEach(
                            pattern ->
                                    console.warn(
                                            "--allow "
                                                    + pattern
                                                    + ": no such tensor is missing or left over"));
            Run run = plan.write(out, overwrite);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (json) {
                console.json(object(plan, seconds));
            } else {
                printText(plan, run, seconds);
            }
        }
        return ExitCode.DONE.code();
    }

    /** What may be replaced; anything else in the way is somebody's. */
    private static boolean isRun(Path folder) {
        try {
            Run.open(folder);
            return true;
        } catch (ZooException e) {
            return false;
        }
    }

    private static Labels labels(String given) {
        try {
            if (given.matches("[0-9]{1,9}")) {
                return new Labels.Counted(Integer.parseInt(given));
            }
            Path file = Arguments.existingFile("--reset-head", Path.of(given));
            return Labels.of(Files.readAllLines(file));
        } catch (IllegalArgumentException e) {
            throw Failure.wrongUse("--reset-head " + given + ": " + e.getMessage());
        } catch (CharacterCodingException e) {
            throw Failure.wrongUse("--reset-head " + given + ": is not UTF-8 text");
        } catch (IOException e) {
            throw Failure.failed("--reset-head " + given + ": cannot be read", e);
        }
    }

    private void printText(ImportPlan plan, Run run, double seconds) {
        ModelConfig model = plan.config();
        console.print("family:   " + plan.family());
        console.print("network:  " + describe(model.model(), model.labels().count()));
        console.print("");
        TextTable table = new TextTable("checkpoint", "network", "what was done", "times");
        for (Ledger.Line line : plan.ledger().lines()) {
            table.row(line.from(), line.to(), line.done(), Integer.toString(line.count()));
        }
        table.lines().forEach(console::print);
        console.print("");
        plan.notes().forEach(note -> console.print("note:     " + note));
        console.print(
                String.format(
                        Locale.ROOT,
                        "run:      %s (%s, %,d parameters, %.1f s)",
                        run.folder(),
                        model.name(),
                        model.parameterCount(),
                        seconds));
        console.print(
                "next:     vitrail export --model "
                        + Arguments.word(run.folder())
                        + " --out model.onnx");
    }

    private static String describe(Architecture model, int classes) {
        return String.format(
                Locale.ROOT,
                "%d x %d pixels, patch %d, dim %d, depth %d, heads %d, mlp %d, %s pooling, %d"
                        + " classes",
                model.imageHeight(),
                model.imageWidth(),
                model.patchSize(),
                model.dim(),
                model.depth(),
                model.heads(),
                model.mlpDim(),
                model.pooling().id(),
                classes);
    }

    private Map<String, Object> object(ImportPlan plan, double seconds) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("run", out.toString());
        object.put("name", plan.config().name());
        object.put("family", plan.family());
        object.put("parameters", plan.config().parameterCount());
        object.put("classes", plan.config().labels().count());
        object.put("notes", plan.notes());
        object.put("tensors", plan.ledger().mapped());
        object.put("left_out", plan.ledger().leftOut());
        object.put("initialised", plan.ledger().initialised());
        object.put("seconds", seconds);
        return object;
    }
}
