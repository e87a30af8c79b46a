package dev.vitrail.cli;

import dev.vitrail.zoo.config.MachineMemory;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.train.EpochResult;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What training with labels and training without have in common: where it begins, what of the
 * config is replaced, and what is told at the end.
 */
abstract class TrainingCommand implements Callable<Integer> {
    @Mixin private NetworkOptions network;

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

    @Option(names = "--overwrite", description = "Replace the run that is in --out.")
    private boolean overwrite;

    @Mixin private RecipeOptions recipeOptions;

    @Option(
            names = "--device",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description =
                    "${COMPLETION-CANDIDATES}; gpus are all of them, sharing each batch. Default:"
                            + " ${DEFAULT-VALUE}.")
    private TrainingDevice device;

    @Option(
            names = "--strict",
            description =
                    "Decode every picture first, and end where one cannot be. Otherwise such"
                            + " pictures are named and left out.")
    private boolean strict;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    private final Console console;

    TrainingCommand(Console console) {
        this.console = console;
    }

    /** The word after {@code vitrail}. */
    abstract String verb();

    /** The folder to learn from. */
    abstract Path data();

    /** The folder to measure with, or null. */
    abstract Path validation();

    /** The config to train with, of one as it was read. */
    abstract ModelConfig recipe(ModelConfig base, RecipeOptions options);

    /** The command that goes on with a complete run. */
    abstract String next(Path run);

    @Override
    public Integer call() {
        Path data = data();
        Path validation = validation();
        Arguments.pictures("--data", data);
        if (validation != null) {
            Arguments.pictures("--val", validation);
        }
        boolean resumes = beginning.resume != null;
        if (!resumes) {
            Arguments.notAmong("--out", out, "--data", data);
            Arguments.notAmong("--out", out, "--val", validation);
        }
        if (resumes && overwrite) {
            throw Failure.wrongUse("--resume and --overwrite exclude each other");
        }
        if (!resumes && !overwrite) {
            Arguments.newFolder("--out", out);
        }
        if (beginning.init != null) {
            Arguments.notTheInput("--out", out, beginning.init);
        }
        Optional<Run> init = Optional.ofNullable(beginning.init).map(network::initial);
        ModelConfig recipe = recipe(base(init), recipeOptions);
        ModelPlan.of(recipe.model(), recipe.labels().count())
                .refuseTraining(recipe.training().batchSize(), MachineMemory.bytes())
                .ifPresent(
                        sentence -> {
                            throw Failure.failed(network.name(recipe) + ": " + sentence);
                        });
        Training.Result result =
                TrainingDisplay.run(
                        console,
                        recipe,
                        new Training.Options(
                                data,
                                Optional.ofNullable(validation),
                                out,
                                start(init),
                                device,
                                strict));
        return report(result, recipe.training()).code();
    }

    /** The config before what the command line changes. */
    private ModelConfig base(Optional<Run> init) {
        return beginning.resume == null
                ? network.begun(init)
                : network.resumed(resumable().config());
    }

    /** The run in --out, if this command is the one that began it. */
    private Run resumable() {
        Run run = Run.open(out);
        String beganBy = run.config().pretraining().isPresent() ? "pretrain" : "train";
        if (!beganBy.equals(verb())) {
            throw Failure.wrongUse(
                    "--out " + out + ": goes on with vitrail " + beganBy + " --resume");
        }
        return run;
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

    private ExitCode report(Training.Result result, TrainingConfig training) {
        Optional<EpochResult> best = result.best();
        if (result.complete() && result.history().size() < training.epochs()) {
            console.note(
                    "ended after epoch "
                            + result.history().size()
                            + ", "
                            + training.patience()
                            + " after the best (training.patience)");
        }
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
            if (!result.history().isEmpty()) {
                console.print("time:     " + TrainingDisplay.time(result.history()));
            }
            if (best.isPresent()) {
                console.print("page:     " + result.run().reportFile());
                console.print("next:     " + next(out));
            }
        }
        if (result.complete()) {
            return ExitCode.DONE;
        }
        console.note(
                "stopped in epoch "
                        + (result.history().size() + 1)
                        + "; nothing is lost, this goes on with it: vitrail "
                        + verb()
                        + " --resume --data "
                        + Arguments.word(data())
                        + (validation() == null ? "" : " --val " + Arguments.word(validation()))
                        + " --out "
                        + Arguments.word(out));
        return Optional.ofNullable(Signals.received()).orElse(ExitCode.FAILED);
    }
}
