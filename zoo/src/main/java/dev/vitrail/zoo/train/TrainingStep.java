package dev.vitrail.zoo.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.Seeds;
import java.util.Locale;

/**
 * One optimiser step after another: forward, loss, backward, clip, update. Together with the
 * weights, the optimiser's moments and its number of steps are all that a later step depends on,
 * because everything random in a step is seeded by its number.
 */
final class TrainingStep implements AutoCloseable {

    /** Gradients are scaled down to this norm, as in the ViT paper, appendix B.1. */
    static final double GREATEST_GRADIENT_NORM = 1;

    /** What a step reports. */
    record Result(double loss, int correct, int size, double learningRate, double gradientNorm) {}

    private final Network network;
    private final AdamW optimizer;
    private final LearningRate schedule;
    private final double labelSmoothing;
    private final long seed;
    private String largestGradient = "";

    TrainingStep(Network network, TrainingConfig config, LearningRate schedule) {
        this.network = network;
        this.schedule = schedule;
        this.labelSmoothing = config.labelSmoothing();
        this.seed = config.seed();
        this.optimizer = new AdamW(network.parameters(), config.optimizer(), network.manager());
    }

    /** Steps taken so far. */
    long steps() {
        return optimizer.steps();
    }

    /**
     * Takes a step.
     *
     * @throws ZooException if the loss or a gradient is not finite; the weights are then as before
     */
    Result take(Batch batch) {
        long step = optimizer.steps();
        double rate = schedule.at(step);
        Engine engine = network.manager().getEngine();
        // Dropout draws from the engine, whose state cannot be saved; a seed for each step can.
        engine.setRandomSeed((int) Seeds.mix(seed, step));
        int[] labels = batch.labels();
        int classes = network.block().classes();
        try (NDManager scope = network.manager().newSubManager()) {
            NDArray pixels = network.input(scope, batch.pixels(), batch.size());
            NDArray targets =
                    scope.create(
                            CrossEntropy.targets(labels, classes, labelSmoothing),
                            new Shape(labels.length, classes));
            NDArray logits;
            NDArray loss;
            try (GradientCollector collector = engine.newGradientCollector()) {
                logits = network.forward(pixels, true);
                loss = CrossEntropy.mean(logits, targets);
                collector.backward(loss);
            }
            double lossValue = loss.getFloat();
            try (Gradients gradients = Gradients.of(network.parameters())) {
                double norm = gradients.norm();
                if (!Double.isFinite(lossValue) || !Double.isFinite(norm)) {
                    throw diverged(step, rate, lossValue, gradients);
                }
                largestGradient = gradients.largest();
                double scale = norm > GREATEST_GRADIENT_NORM ? GREATEST_GRADIENT_NORM / norm : 1;
                optimizer.step(gradients, rate, scale);
                int correct = correct(logits.toFloatArray(), labels, classes);
                return new Result(lossValue, correct, labels.length, rate, norm);
            }
        }
    }

    private ZooException diverged(long step, double rate, double loss, Gradients gradients) {
        String place =
                Double.isFinite(loss)
                        ? "the gradient of " + gradients.largest() + " is not finite"
                        : largestGradient.isEmpty()
                                ? "it was the first step"
                                : "the largest gradient of the step before was that of "
                                        + largestGradient;
        return new ZooException(
                String.format(
                        Locale.ROOT,
                        "step %d: the loss is %s at learning rate %.3g (%s); a lower"
                            + " training.optimizer.learning_rate or a longer warm-up would help",
                        step + 1,
                        loss,
                        rate,
                        place));
    }

    private static int correct(float[] logits, int[] labels, int classes) {
        int correct = 0;
        for (int i = 0; i < labels.length; i++) {
            if (ImageLogits.best(logits, i * classes, classes) == labels[i]) {
                correct++;
            }
        }
        return correct;
    }

    @Override
    public void close() {
        optimizer.close();
    }
}
