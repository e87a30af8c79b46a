package dev.vitrail.zoo.train;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.data.UnreadableImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Writes what TensorBoard shows of a training into the run folder, and hands on what it is told.
 * Tags are named as users of PyTorch name them: {@code train/loss}, {@code val/accuracy}.
 *
 * <p>A training that goes on removes what an earlier part wrote after the checkpoint, since it
 * takes those steps again, and begins another file: a TensorBoard that is watching would not see
 * that a file became shorter.
 */
final class EventLog implements TrainingListener, AutoCloseable {

    private static final String TRAIN_ACCURACY = "train/accuracy";
    private static final String VALIDATION_LOSS = "val/loss";

    /** The first scalar of an epoch's record is one of these, which tells it from the steps'. */
    private static final Set<String> OF_EPOCHS = Set.of(TRAIN_ACCURACY, VALIDATION_LOSS);

    private final Path folder;
    private final Position start;
    private final List<EpochResult> history;
    private final TrainingListener listener;
    private EventFile file;

    /**
     * Prepares the log; nothing is read or written before {@link #onStart}.
     *
     * @param folder of the run
     * @param start where the training goes on, or begins
     * @param history epochs before that
     * @param listener told of everything afterwards
     */
    EventLog(Path folder, Position start, List<EpochResult> history, TrainingListener listener) {
        this.folder = folder;
        this.start = start;
        this.history = List.copyOf(history);
        this.listener = listener;
    }

    @Override
    public void onStart(Plan plan) {
        try {
            for (Path earlier : EventFile.in(folder)) {
                EventFile.cut(earlier, this::stays);
            }
            boolean goesOn = !start.equals(Position.START);
            file =
                    EventFile.create(
                            folder,
                            goesOn ? OptionalLong.of(start.steps() + 1) : OptionalLong.empty(),
                            Clock.systemUTC());
        } catch (IOException e) {
            throw unwritable(e);
        }
        listener.onStart(plan);
    }

    private boolean stays(EventFile.Entry entry) {
        boolean isEpoch = entry.tag().filter(OF_EPOCHS::contains).isPresent();
        long last = isEpoch ? lastEpochStep() : start.steps();
        return entry.tag().isEmpty() || entry.step() <= last;
    }

    private long lastEpochStep() {
        return history.isEmpty() ? -1 : history.get(history.size() - 1).step();
    }

    @Override
    public void onStep(Progress progress) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put("train/loss", progress.loss());
        scalars.put("train/learning_rate", progress.learningRate());
        scalars.put("train/gradient_norm", progress.gradientNorm());
        scalars.put("train/images_per_second", progress.imagesPerSecond());
        append(progress.step(), scalars);
        listener.onStep(progress);
    }

    /**
     * Writes an epoch. It has to come before the checkpoint at the epoch's end: a training that
     * goes on from there does not have this epoch again.
     */
    void epoch(EpochResult result) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        put(scalars, TRAIN_ACCURACY, result.trainAccuracy());
        put(scalars, VALIDATION_LOSS, result.valLoss());
        put(scalars, "val/accuracy", result.valTop1());
        put(scalars, "val/loss_raw", result.valLossRaw());
        put(scalars, "val/accuracy_raw", result.valTop1Raw());
        if (!scalars.isEmpty()) {
            append(result.step(), scalars);
        }
    }

    private static void put(Map<String, Double> scalars, String tag, Double value) {
        if (value != null) {
            scalars.put(tag, value);
        }
    }

    private void append(long step, Map<String, Double> scalars) {
        try {
            file.append(step, scalars);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private ZooException unwritable(IOException cause) {
        return new ZooException(
                folder
                        + ": the events for TensorBoard cannot be written ("
                        + ZooException.reason(cause)
                        + ")",
                cause);
    }

    @Override
    public void onTransfer(List<String> fresh, List<String> unused) {
        listener.onTransfer(fresh, unused);
    }

    @Override
    public void onEpoch(EpochResult result, boolean best) {
        listener.onEpoch(result, best);
    }

    @Override
    public void onUnreadable(UnreadableImage image) {
        listener.onUnreadable(image);
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }
}
