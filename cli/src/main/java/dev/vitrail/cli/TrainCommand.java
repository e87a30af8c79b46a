package dev.vitrail.cli;

import dev.vitrail.zoo.config.MachineMemory;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import dev.vitrail.zoo.train.EpochResult;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vitrail train}: a config and folders of photos to a run folder. */
@Command(
        name = "train",
        header = "Train a vision transformer on folders of photos.",
        description = {
            "%nThe data is a folder with one folder a class. Without --val a share of it is held"
                    + " back, the same for the same seed.",
            "The run folder gets config.json, model.safetensors (the best epoch), evaluation.json"
                    + " (its figures), history.jsonl (a line an epoch), report.html (a page of"
                    + " both to look at), data.csv, event files for TensorBoard, and"
                    + " checkpoint.safetensors, from which --resume goes on after a stop of any"
                    + " kind as if there had been none.",
            "With --init the network and its preprocessing are those of the other run; --config"
                    + " then gives the recipe: training and dropout.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail train --config photos-tiny-patch8-64 --data photos --out runs/photos",
            "  vitrail train --config mine.json --data train --val val --out runs/mine --epochs 30",
            "  vitrail train --init runs/imported --data photos --out runs/tuned --head-only",
            "  vitrail train --resume --data photos --out runs/photos"
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "NAME|CONFIG",
            description = "A config file, or the name of one that ships ('vitrail zoo list').")
    private String config;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Training photos, one folder a class.")
    private Path data;

    @Option(
            names = "--val",
            paramLabel = "DIR",
            description = "Validation photos, folders named as in --data.")
    private Path validation;

    @Option(names = "--out", required = true, paramLabel = "RUN", description = "The run folder.")
    private Path out;

    @ArgGroup private Beginning beginning = new Beginning();

    /** What a training begins with, if not with random weights in a new folder. */
    static final class Beginning {
        @Option(
                names = "--resume",
                arity = "0..1",
                fallbackValue = "last",
                paramLabel = "last|previous",
                description =
                        "Go on with the training in --out from its last checkpoint, or the one"
                                + " before it. Data and config must be the same.")
        private String resume;

        @Option(
                names = "--init",
                paramLabel = "RUN",
                description =
                        "Start from the weights of another run: imported, pre-trained or trained."
                                + " A head for other classes is replaced.")
        private Path init;
    }

    @Mixin private InputOptions input;

    @Option(names = "--overwrite", description = "Replace the run that is in --out.")
    private boolean overwrite;

    @Mixin private RecipeOptions recipeOptions;

    @Option(
            names = "--freeze",
            paramLabel = "PATTERN",
            description =
                    "Parameters that are not trained, * for any text, ! before those that are"
                            + " after all: --freeze 'blocks.*' --freeze '!blocks.11.*'.")
    private List<String> freeze = List.of();

    @Option(names = "--head-only", description = "Train the head alone.")
    private boolean headOnly;

    @Option(
            names = "--device",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private TrainingDevice device;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    private final Console console;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Arguments.existingFolder("--data", data);
        if (validation != null) {
            Arguments.existingFolder("--val", validation);
        }
        boolean resumes = beginning.resume != null;
        if (resumes && overwrite) {
            throw Failure.wrongUse("--resume and --overwrite exclude each other");
        }
        if (!resumes && !overwrite) {
            Arguments.newFolder("--out", out);
        }
        Optional<Run> init = Optional.ofNullable(beginning.init).map(Run::open).map(this::seen);
        ModelConfig recipe = recipeOptions.applyTo(frozen(base(init)));
        ModelPlan.of(recipe.model(), recipe.labels().count())
                .refuseTraining(recipe.training().batchSize(), MachineMemory.bytes())
                .ifPresent(
                        sentence -> {
                            throw Failure.failed(
                                    (config == null ? recipe.name() : config) + ": " + sentence);
                        });
        Training.Result result =
                TrainingDisplay.run(
                        console,
                        recipe,
                        new Training.Options(
                                data, Optional.ofNullable(validation), out, start(init), device));
        return report(result).code();
    }

    private Run seen(Run run) {
        return run.withInput(input.applyTo(run.config()));
    }

    /** The config before what the command line changes. */
    private ModelConfig base(Optional<Run> init) {
        if (beginning.resume != null) {
            Run run = Run.open(out);
            return config == null
                    ? run.config()
                    : Configs.read(config).withLabels(run.config().labels());
        }
        if (init.isPresent()) {
            ModelConfig network = init.get().config();
            return config == null ? network : network.withRecipeOf(Configs.read(config));
        }
        if (config == null) {
            throw Failure.wrongUse(
                    "Missing required option: '--config=NAME|CONFIG' (or --init, or --resume)");
        }
        return input.applyTo(Configs.read(config));
    }

    private ModelConfig frozen(ModelConfig base) {
        List<String> patterns = new ArrayList<>(base.training().freeze());
        if (headOnly) {
            patterns.addAll(List.of("*", "!head*"));
        }
        patterns.addAll(freeze);
        return base.withTraining(base.training().withFreeze(patterns));
    }

    private Training.Start start(Optional<Run> init) {
        if (beginning.resume != null) {
            return switch (beginning.resume) {
                case "last" -> new Training.Start.Resume(false);
                case "previous" -> new Training.Start.Resume(true);
                default ->
                        throw Failure.wrongUse(
                                "--resume is " + beginning.resume + ", must be last or previous");
            };
        }
        return init.<Training.Start>map(run -> new Training.Start.From(run, overwrite))
                .orElse(new Training.Start.Fresh(overwrite));
    }

    private ExitCode report(Training.Result result) {
        Optional<EpochResult> best = result.best();
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("run", out.toString());
            object.put("complete", result.complete());
            object.put("epochs", result.history().size());
            best.ifPresent(epoch -> object.put("best", epoch));
            console.json(object);
        } else {
            console.print("run:      " + out);
            best.ifPresent(epoch -> console.print("best:     " + TrainingDisplay.figures(epoch)));
            if (best.isPresent()) {
                console.print("page:     " + result.run().reportFile());
                console.print("next:     vitrail export --model " + out + " --out model.onnx");
            }
        }
        if (result.complete()) {
            return ExitCode.DONE;
        }
        console.note(
                "stopped in epoch "
                        + (result.history().size() + 1)
                        + "; nothing is lost, this goes on with it: vitrail train --resume --data "
                        + data
                        + (validation == null ? "" : " --val " + validation)
                        + " --out "
                        + out);
        return Optional.ofNullable(Signals.received()).orElse(ExitCode.FAILED);
    }
}
