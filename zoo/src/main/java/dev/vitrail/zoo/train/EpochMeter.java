package dev.vitrail.zoo.train;

import dev.vitrail.zoo.ZooException;
import java.util.Optional;

/** Measures one epoch: what its steps gave and how long they took. */
final class EpochMeter {

    private final int epoch;
    private final long steps;
    private final long start = System.nanoTime();
    private double trainingSeconds;
    private double secondsWaiting;
    private int images;

    /**
     * Starts the clock.
     *
     * @param epoch counted from 1
     * @param steps of the whole training
     */
    EpochMeter(int epoch, long steps) {
        this.epoch = epoch;
        this.steps = steps;
    }

    TrainingListener.Progress add(TrainingStep.Result step, long stepsTaken) {
        images += step.size();
        return new TrainingListener.Progress(
                stepsTaken,
                steps,
                epoch,
                step.loss(),
                step.learningRate(),
                step.gradientNorm(),
                images / seconds());
    }

    /** The last step is done; what follows is evaluation. */
    void endTraining(double waited) {
        trainingSeconds = seconds();
        secondsWaiting = waited;
    }

    /**
     * The figures.
     *
     * @param sums over the whole epoch, also where a part of it was trained before a stop
     * @param rate the learning rate of the epoch's last step
     * @param isLabelled whether pictures are right or wrong
     * @param validation how the network did, where that was measured
     * @param raw how the weights themselves did, where the network is an average of them
     * @throws ZooException if no picture could be decoded
     */
    EpochResult result(
            Position sums,
            double rate,
            boolean isLabelled,
            Optional<Score> validation,
            Optional<Score> raw) {
        if (sums.images() == 0) {
            throw new ZooException(
                    "epoch "
                            + epoch
                            + ": not one picture could be decoded any more; see whether the"
                            + " training pictures are still there");
        }
        return new EpochResult(
                epoch,
                sums.steps(),
                rate,
                sums.loss() / sums.images(),
                isLabelled ? (double) sums.correct() / sums.images() : null,
                validation.map(Score::loss).orElse(null),
                top1(validation),
                raw.map(Score::loss).orElse(null),
                top1(raw),
                seconds(),
                images / trainingSeconds,
                secondsWaiting);
    }

    private static Double top1(Optional<Score> validation) {
        return validation.isPresent() && validation.get().top1().isPresent()
                ? validation.get().top1().getAsDouble()
                : null;
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }
}
