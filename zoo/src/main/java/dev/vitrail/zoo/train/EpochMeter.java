package dev.vitrail.zoo.train;

import dev.vitrail.zoo.ZooException;
import java.util.Optional;

/** Adds up the figures of one epoch. */
final class EpochMeter {

    private final int epoch;
    private final long steps;
    private final long start = System.nanoTime();
    private double trainingSeconds;
    private double secondsWaiting;
    private double loss;
    private int correct;
    private int images;
    private double learningRate;

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
        loss += step.loss() * step.size();
        correct += step.correct();
        images += step.size();
        learningRate = step.learningRate();
        return new TrainingListener.Progress(
                stepsTaken,
                steps,
                epoch,
                step.loss(),
                learningRate,
                step.gradientNorm(),
                images / seconds());
    }

    /**
     * The last step is done; what follows is evaluation.
     *
     * @throws ZooException if there was none: no picture could be decoded
     */
    void endTraining(double waited) {
        if (images == 0) {
            throw new ZooException(
                    "epoch "
                            + epoch
                            + ": not one picture could be decoded any more; see whether the"
                            + " training pictures are still there");
        }
        trainingSeconds = seconds();
        secondsWaiting = waited;
    }

    EpochResult result(Optional<Evaluation> validation, long stepsTaken) {
        return new EpochResult(
                epoch,
                stepsTaken,
                learningRate,
                loss / images,
                (double) correct / images,
                validation.map(Evaluation::loss).orElse(null),
                validation.map(Evaluation::top1).orElse(null),
                seconds(),
                images / trainingSeconds,
                secondsWaiting);
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }
}
