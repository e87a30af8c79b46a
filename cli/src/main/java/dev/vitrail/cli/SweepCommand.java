package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.sweep.Metric;
import dev.vitrail.zoo.sweep.Sweep;
import dev.vitrail.zoo.sweep.SweepPlan;
import dev.vitrail.zoo.sweep.SweepResults;
import dev.vitrail.zoo.train.DivergedException;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.TrainingDevice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vitrail sweep}: one recipe trained with other values of its keys, and a table. */
@Command(
        name = "sweep",
        header = "Train one recipe with many values of its keys, and compare.",
        description = {
            "%nEach trial is a training as by 'vitrail train', with a run folder of its own in"
                    + " --out: trials/0001 and so on. results.csv has a row for each, report.html"
                    + " their curves; 'tensorboard --logdir' on --out shows all.",
            "--grid trains every combination of its values, --random draws values. With both,"
                    + " every draw is trained with every combination: --random for the recipe and"
                    + " --grid training.seed=0,1,2 gives each draw three seeds. --trials counts"
                    + " trainings, so 12 are then four draws. Where training.seed is swept, mean"
                    + " and standard deviation over the seeds are printed too; without --val each"
                    + " seed holds back other photos.",
            "Draws depend on --seed (or the config's) and the trial's number alone. A trial whose"
                    + " loss is no number any more is a row that says so, and the sweep goes on."
                    + " After a stop of any kind --resume goes on in the middle of the trial; it"
                    + " needs --out alone, and what else is given must be as before, except that"
                    + " --trials may be more.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail sweep --config photos-tiny-patch8-64 --data photos --out sweeps/rate \\",
            "      --grid training.optimizer.learning_rate=3e-4,1e-3 --grid training.seed=0,1,2",
            "  vitrail sweep --config mine.json --data photos --out sweeps/mine --trials 20 \\",
            "      --random training.optimizer.learning_rate=1e-5..1e-2:log \\",
            "      --random model.drop_path=0..0.3 --random training.warmup_epochs=0..8:int",
            "  vitrail sweep --resume --out sweeps/mine --trials 40 --minutes 480"
        },
        mixinStandardHelpOptions = true)
final class SweepCommand implements Callable<Integer> {
    @Mixin private NetworkOptions network;

    @Option(
            names = "--init",
            paramLabel = "RUN",
            description = "Start every trial from the weights of another run, as in train.")
    private Path init;

    @Option(
            names = "--data",
            paramLabel = "DIR|CSV",
            description = "Training photos, one folder a class, or a CSV of paths and labels.")
    private Path data;

    @Option(
            names = "--val",
            paramLabel = "DIR|CSV",
            description = "Validation photos, classes named as in --data.")
    private Path validation;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "SWEEP",
            description = "The folder of the sweep.")
    private Path out;

    @Option(
            names = "--grid",
            paramLabel = "KEY=VALUE,...",
            description =
                    "A key of the config and all its values. May be repeated: the last key"
                            + " changes fastest.")
    private List<String> grid = List.of();

    @Option(
            names = "--random",
            paramLabel = "KEY=RANGE",
            description =
                    "A key of the config and what to draw from: 2..8:int, 0..0.3, 1e-5..1e-2:log,"
                            + " or values between commas. Drawn numbers have four digits. May be"
                            + " repeated.")
    private List<String> random = List.of();

    @Option(
            names = "--trials",
            paramLabel = "N",
            description = "Trainings in all; without --random at most those of the grid.")
    private Integer trials;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            description =
                    "Begin no trial later than this after the start; the one that runs is"
                            + " finished.")
    private Double minutes;

    @Option(
            names = "--metric",
            paramLabel = "FIGURE",
            description =
                    "What trials are compared by, of the epoch whose weights are kept:"
                            + " ${COMPLETION-CANDIDATES}. Default: val_top1.")
    private Metric metric;

    @Mixin private RecipeOptions recipeOptions;

    @Mixin private FreezeOptions freeze;

    @Option(names = "--resume", description = "Go on with the sweep in --out.")
    private boolean resume;

    @Option(names = "--overwrite", description = "Replace the sweep that is in --out.")
    private boolean overwrite;

    @Option(
            names = "--device",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description =
                    "${COMPLETION-CANDIDATES}; gpus are all of them, sharing each batch. Default:"
                            + " ${DEFAULT-VALUE}.")
    private TrainingDevice device;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    private final Console console;

    SweepCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (resume && overwrite) {
            throw Failure.wrongUse("--resume and --overwrite exclude each other");
        }
        if (minutes != null && !(minutes > 0)) {
            throw Failure.wrongUse("--minutes is " + minutes + ", must be above 0");
        }
        Sweep sweep = resume ? resumed() : begun();
        SweepResults results = run(sweep);
        SweepPage.write(sweep, out);
        return report(sweep, results).code();
    }

    private Sweep begun() {
        if (data == null) {
            throw Failure.wrongUse("Missing required option: '--data=DIR' (or --resume)");
        }
        Arguments.notAmong("--out", out, "--data", existing("--data", data));
        Arguments.notAmong("--out", out, "--val", existing("--val", validation));
        if (!overwrite) {
            Arguments.newFolder("--out", out);
        } else if (!Sweep.isSweep(out)) {
            Arguments.newFolder(
                    "--out", out, "is no sweep's folder, which is all that --overwrite replaces");
        }
        Optional<Run> initial = Optional.ofNullable(init).map(network::initial);
        return Sweep.begin(
                out,
                SweepPlan.of(
                        recipe(network.begun(initial)),
                        grid,
                        random,
                        trials == null ? OptionalInt.empty() : OptionalInt.of(trials),
                        metric == null ? Metric.VAL_TOP1 : metric,
                        new SweepPlan.Sources(
                                existing("--data", data),
                                Optional.ofNullable(existing("--val", validation)),
                                Optional.ofNullable(init))));
    }

    /** What is not given is as it was. */
    private Sweep resumed() {
        Sweep sweep = Sweep.open(out);
        SweepPlan plan = sweep.results().plan();
        SweepPlan.Sources sources = plan.sources();
        ModelConfig base =
                init == null
                        ? network.resumed(plan.config())
                        : network.begun(Optional.of(network.initial(init)));
        return sweep.goingOn(
                SweepPlan.of(
                        recipe(base),
                        grid.isEmpty() ? plan.grid() : grid,
                        random.isEmpty() ? plan.random() : random,
                        OptionalInt.of(trials == null ? plan.trials().size() : trials),
                        metric == null ? plan.metric() : metric,
                        new SweepPlan.Sources(
                                data == null ? sources.data() : existing("--data", data),
                                Optional.ofNullable(existing("--val", validation))
                                        .or(sources::validation),
                                Optional.ofNullable(init).or(sources::init))));
    }

    private static Path existing(String option, Path pictures) {
        return pictures == null ? null : Arguments.pictures(option, pictures);
    }

    private ModelConfig recipe(ModelConfig base) {
        return recipeOptions.applyToLabelled(freeze.applyTo(base));
    }

    private BooleanSupplier withinMinutes() {
        long started = System.nanoTime();
        return () ->
                Signals.received() == null
                        && (minutes == null || (System.nanoTime() - started) / 60e9 < minutes);
    }

    private SweepResults run(Sweep sweep) {
        SweepTable table = new SweepTable(sweep.results());
        return sweep.run(
                (trial, config, options) -> {
                    SweepPage.write(sweep, out);
                    console.note(table.heading(trial));
                    try {
                        return TrainingDisplay.run(console, config, options);
                    } catch (DivergedException e) {
                        console.warn("trial " + trial.number() + " failed: " + e.getMessage());
                        throw e;
                    }
                },
                device,
                withinMinutes());
    }

    private ExitCode report(Sweep sweep, SweepResults results) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("sweep", out.toString());
            object.putAll(results.fields());
            console.json(object);
        } else {
            print(sweep, new SweepTable(results), results);
        }
        if (!results.isComplete()) {
            console.note(
                    "stopped before its end; nothing is lost, this goes on with it: vitrail sweep"
                            + " --resume --out "
                            + Arguments.word(out));
        }
        ExitCode signal = results.isComplete() ? null : Signals.received();
        if (signal != null) {
            return signal;
        }
        return results.best().isPresent() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void print(Sweep sweep, SweepTable table, SweepResults results) {
        table.trials().forEach(console::print);
        if (!results.overSeeds().isEmpty()) {
            console.print("");
            table.overSeeds().forEach(console::print);
        }
        console.print("");
        console.print("table:    " + sweep.table());
        console.print("page:     " + sweep.reportFile());
        results.best()
                .ifPresent(
                        best -> {
                            Path run = out.resolve(results.trial(best).folder());
                            console.print("best:     " + run + ", " + table.value(best));
                            console.print(
                                    "next:     vitrail export --model "
                                            + Arguments.word(run)
                                            + " --out model.onnx");
                        });
    }
}
