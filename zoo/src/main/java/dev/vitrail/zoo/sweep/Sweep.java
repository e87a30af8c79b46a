package dev.vitrail.zoo.sweep;

import ai.djl.engine.EngineException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.sweep.TrialResult.State;
import dev.vitrail.zoo.train.DataListing;
import dev.vitrail.zoo.train.DivergedException;
import dev.vitrail.zoo.train.EpochResult;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import dev.vitrail.zoo.train.TrainingListener;
import dev.vitrail.zoo.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Trainings of one recipe with other values for some of its keys, one after the other, in a folder:
 *
 * <ul>
 *   <li>{@code sweep.json}, the plan and what came of it, written anew after every trial;
 *   <li>{@code results.csv}, the same as a table;
 *   <li>{@code data.csv}, the pictures, which have to be the same when it goes on;
 *   <li>{@code report.html}, a page that shows it, for those who want one;
 *   <li>{@code trials/0001} and so on, a run folder for each trial.
 * </ul>
 */
public final class Sweep {

    static final String TRIALS = "trials";
    private static final String PLAN = "sweep.json";
    private static final String TABLE = "results.csv";
    private static final String DATA = "data.csv";
    private static final String REPORT = "report.html";

    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path folder;
    private SweepResults results;

    private Sweep(Path folder, SweepResults results) {
        this.folder = folder;
        this.results = results;
    }

    /** Trains one trial. */
    @FunctionalInterface
    public interface Trainer {

        /**
         * Trains, or goes on with a training.
         *
         * @param trial which one
         * @param config its config
         * @param options where it reads and writes, and what it begins with
         * @return what was left behind; the sweep ends with a training that is not complete
         */
        Training.Result train(Trial trial, ModelConfig config, Training.Options options);
    }

    /**
     * Returns whether a folder is a sweep's.
     *
     * @param folder or not
     * @return whether it holds a plan
     */
    public static boolean isSweep(Path folder) {
        return Files.isRegularFile(folder.resolve(PLAN));
    }

    /**
     * Begins a sweep. All trials' configs and the pictures are checked before anything is written.
     *
     * @param folder new or empty, or that of an earlier sweep, which is deleted
     * @param plan what to train
     * @return the sweep, of which nothing is trained yet
     * @throws InputException if a trial cannot have its values
     * @throws ZooException if pictures cannot be read or the folder cannot be written to
     */
    public static Sweep begin(Path folder, SweepPlan plan) {
        plan.check();
        initial(plan);
        DataListing pictures = pictures(folder, plan);
        try {
            delete(folder);
            Files.createDirectories(folder.resolve(TRIALS));
            AtomicFile.write(folder.resolve(DATA), pictures.text());
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        Sweep sweep = new Sweep(folder, new SweepResults(plan, List.of()));
        sweep.save();
        return sweep;
    }

    /** The plan goes first: without it the folder is no sweep, whenever this ends. */
    private static void delete(Path folder) throws IOException {
        for (String name : List.of(PLAN, TABLE, DATA, REPORT)) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Path trials = folder.resolve(TRIALS);
        if (!Files.isDirectory(trials)) {
            return;
        }
        List<Path> runs;
        try (Stream<Path> entries = Files.list(trials)) {
            runs =
                    entries.filter(entry -> entry.getFileName().toString().matches("\\d{4,}"))
                            .toList();
        }
        runs.forEach(Run::delete);
    }

    /**
     * Opens a sweep as it was left.
     *
     * @param folder of a sweep
     * @return the sweep
     * @throws ZooException if it is none, or damaged
     */
    public static Sweep open(Path folder) {
        Path file = folder.resolve(PLAN);
        if (!isSweep(folder)) {
            throw new InputException(folder + ": is no sweep's folder; expected " + PLAN);
        }
        try {
            JsonNode root = JSON.readTree(file.toFile());
            SweepPlan plan = SweepPlan.read(root);
            List<TrialResult> results = new ArrayList<>();
            for (JsonNode row : root.required("results")) {
                results.add(JSON.treeToValue(row, TrialResult.class));
            }
            return new Sweep(folder, new SweepResults(plan, results));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new ZooException(file + ": is no plan of a sweep (its JSON is damaged)", e);
        } catch (IOException e) {
            throw new ZooException(file + ": cannot be read (" + ZooException.reason(e) + ")", e);
        } catch (ZooException e) {
            throw new ZooException(file + ": is no plan of a sweep (" + e.getMessage() + ")", e);
        }
    }

    /**
     * The same sweep to be gone on with.
     *
     * @param plan the same, or one with more trials, or with the pictures in another place
     * @return the sweep
     * @throws InputException if plan or pictures are others
     */
    public Sweep goingOn(SweepPlan plan) {
        results.plan().refuseOther(folder, plan);
        plan.check();
        initial(plan);
        DataListing.read(folder.resolve(DATA))
                .changeTo(pictures(folder, plan))
                .ifPresent(
                        change -> {
                            throw new InputException(
                                    plan.sources().data()
                                            + ": is not what "
                                            + folder
                                            + " was begun with ("
                                            + change
                                            + "); a sweep goes on with the same pictures only");
                        });
        Sweep sweep = new Sweep(folder, new SweepResults(plan, results.results()));
        sweep.save();
        return sweep;
    }

    private static DataListing pictures(Path folder, SweepPlan plan) {
        return new Training(
                        plan.config(),
                        new Training.Options(
                                plan.sources().data(),
                                plan.sources().validation(),
                                folder,
                                new Training.Start.Fresh(false),
                                TrainingDevice.CPU),
                        TrainingListener.SILENT)
                .pictures();
    }

    /**
     * Returns what there is so far.
     *
     * @return the results
     */
    public SweepResults results() {
        return results;
    }

    /**
     * Returns the file of the table of results.
     *
     * @return its path
     */
    public Path table() {
        return folder.resolve(TABLE);
    }

    /**
     * Returns the file of a page about the sweep.
     *
     * @return its path; whoever makes a page writes it there
     */
    public Path reportFile() {
        return folder.resolve(REPORT);
    }

    /**
     * Returns the epochs of a trial.
     *
     * @param result one of this sweep's
     * @return the history of its run; empty where the run was deleted since
     */
    public List<EpochResult> history(TrialResult result) {
        Path run = folder.resolve(results.trial(result).folder());
        return Files.isDirectory(run) ? Run.open(run).history() : List.of();
    }

    /**
     * Trains what is not trained yet. A trial whose loss stops being finite, or that the engine
     * gives up, is a result like others; what goes wrong otherwise would do so in every trial, and
     * ends the sweep, which can go on when it is mended.
     *
     * @param trainer trains each
     * @param device what computes
     * @param mayStart asked before each trial
     * @return the results, of all trials if none was stopped
     * @throws ZooException for whatever the user can mend
     */
    public SweepResults run(Trainer trainer, TrainingDevice device, BooleanSupplier mayStart) {
        for (Trial trial : results.plan().trials()) {
            if (results.isOver(trial)) {
                continue;
            }
            if (!mayStart.getAsBoolean()) {
                break;
            }
            TrialResult result = train(trial, trainer, device);
            results = results.with(result);
            save();
            if (result.state() == State.STOPPED) {
                break;
            }
        }
        return results;
    }

    private TrialResult train(Trial trial, Trainer trainer, TrainingDevice device) {
        Path run = folder.resolve(trial.folder());
        ModelConfig config = results.plan().config(trial);
        SweepPlan.Sources sources = results.plan().sources();
        boolean goesOn = Run.hasCheckpoint(run);
        Training.Options options =
                new Training.Options(
                        sources.data(), sources.validation(), run, start(goesOn), device);
        try {
            Training.Result result =
                    trainer.train(
                            trial,
                            goesOn ? config.withLabels(Run.open(run).config().labels()) : config,
                            options);
            return result(trial, result.complete() ? State.FINISHED : State.STOPPED, result);
        } catch (DivergedException | EngineException e) {
            List<EpochResult> history =
                    Run.hasCheckpoint(run) ? Run.open(run).history() : List.of();
            return failed(trial, history, e.getMessage().lines().findFirst().orElse(""));
        }
    }

    /** A folder without a checkpoint is of a training that was killed before its first. */
    private Training.Start start(boolean goesOn) {
        if (goesOn) {
            return new Training.Start.Resume(false);
        }
        return initial(results.plan())
                .<Training.Start>map(run -> new Training.Start.From(run, true))
                .orElse(new Training.Start.Fresh(true));
    }

    /** The run that trials begin with, seen through their input, but with its own labels. */
    private static Optional<Run> initial(SweepPlan plan) {
        return plan.sources()
                .init()
                .map(Run::open)
                .map(
                        run -> {
                            ModelConfig seen =
                                    plan.config()
                                            .withRecipeOf(run.config())
                                            .withLabels(run.config().labels());
                            try {
                                return run.withInput(seen);
                            } catch (IllegalArgumentException e) {
                                throw new InputException(
                                        "--init "
                                                + run.folder()
                                                + ": has another network than the trials ("
                                                + e.getMessage()
                                                + ")",
                                        e);
                            }
                        });
    }

    private TrialResult result(Trial trial, State state, Training.Result result) {
        Optional<EpochResult> best = result.best();
        if (state == State.FINISHED) {
            Double figure = results.plan().metric().of(best.orElseThrow());
            if (figure == null || !Double.isFinite(figure)) {
                return failed(trial, result.history(), results.plan().metric() + " is " + figure);
            }
        }
        return new TrialResult(
                trial.number(),
                state,
                best.orElse(null),
                result.history().size(),
                seconds(result.history()),
                null);
    }

    private static TrialResult failed(Trial trial, List<EpochResult> history, String reason) {
        return new TrialResult(
                trial.number(), State.FAILED, null, history.size(), seconds(history), reason);
    }

    private static double seconds(List<EpochResult> history) {
        return history.stream().mapToDouble(EpochResult::seconds).sum();
    }

    /** The plan first: the table is made from it. */
    private void save() {
        try {
            AtomicFile.write(
                    folder.resolve(PLAN), JSON.writeValueAsString(results.fields()) + "\n");
            AtomicFile.write(table(), results.csv());
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    private static ZooException unwritable(Path folder, IOException cause) {
        return new ZooException(
                folder + ": cannot be written to (" + ZooException.reason(cause) + ")", cause);
    }
}
