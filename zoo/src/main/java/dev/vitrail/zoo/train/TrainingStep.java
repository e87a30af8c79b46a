package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One optimiser step: forward, loss and backward for each of its batches, then clip, update,
 * average. Together with the weights, their average and the optimiser's state, the step's number is
 * all that a later step depends on, because everything random in a step is seeded by its number.
 *
 * @param <N> the network that is trained
 */
final class TrainingStep<N extends LoadedBlock<?>> implements AutoCloseable {

    /** What a step reports: the mean loss and the sums over all its batches. */
    record Result(double loss, int correct, int size, double learningRate, double gradientNorm) {}

    private final Objective<N> objective;
    private final N network;
    private final Replicas<N> replicas;
    private final TrainingConfig config;
    private final LearningRate schedule;
    private final Optimizer optimizer;
    private final Optional<WeightAverage<N>> average;
    private String largestGradient = "";

    /**
     * Prepares the first step, or the next of a training that goes on.
     *
     * @param objective what is made small
     * @param network with its weights; what it does not ask gradients for is not trained
     * @param moreDevices that share its batches
     * @param config the recipe
     * @param schedule of the learning rate
     * @param start what an earlier part of the training left
     */
    TrainingStep(
            Objective<N> objective,
            N network,
            List<Device> moreDevices,
            TrainingConfig config,
            LearningRate schedule,
            Optional<Checkpoint> start) {
        this.objective = objective;
        this.network = network;
        this.config = config;
        this.schedule = schedule;
        List<TrainedParameter> trained =
                TrainedParameter.of(network.parameters(), config.optimizer());
        StateSource state = start.<StateSource>map(s -> s).orElse(StateSource.ZEROS);
        optimizer = Optimizer.of(trained, config.optimizer(), state, network.manager());
        average =
                config.average()
                        .map(
                                constants ->
                                        start.map(
                                                        saved ->
                                                                WeightAverage.goingOn(
                                                                        objective,
                                                                        network,
                                                                        constants,
                                                                        saved.average()))
                                                .orElseGet(
                                                        () ->
                                                                WeightAverage.startingWith(
                                                                        objective, network,
                                                                        constants)));
        replicas = new Replicas<>(objective, network, moreDevices);
    }

    /** The network that is validated and kept: the average where there is one. */
    N best() {
        return average.map(WeightAverage::network).orElse(network);
    }

    /** All that a checkpoint holds weights of. */
    List<N> networks() {
        return average.map(a -> List.of(network, a.network())).orElseGet(() -> List.of(network));
    }

    /** Saves everything that a later step depends on. */
    void save(Path checkpoint, Position position) {
        Checkpoint.write(checkpoint, position, network, average, optimizer);
    }

    /**
     * Takes a step.
     *
     * @param step number of steps taken before
     * @param batches the next ones are taken and closed; those without a picture are left out
     * @param count how many make the step
     * @return what came of it; empty if no batch had a picture, which is no step
     * @throws DivergedException if the loss or a gradient is not finite; the weights are then as
     *     before
     */
    Optional<Result> take(long step, Iterator<Batch> batches, int count) {
        double rate = schedule.at(step);
        double loss = 0;
        int correct = 0;
        int size = 0;
        int used = 1;
        for (int i = 0; i < count; i++) {
            try (Batch batch = batches.next()) {
                if (batch.size() > 0) {
                    Part part = backward(step * count + i, batch, count);
                    loss += part.loss * batch.size();
                    correct += part.correct;
                    size += batch.size();
                    used = Math.max(used, Math.min(replicas.count(), batch.size()));
                }
            }
        }
        if (size == 0) {
            return Optional.empty();
        }
        double meanLoss = loss / size;
        replicas.collectGradients(used);
        try (Gradients gradients = Gradients.of(network.parameters())) {
            double norm = gradients.norm();
            if (!Double.isFinite(meanLoss) || !Double.isFinite(norm)) {
                throw diverged(step, rate, meanLoss, gradients);
            }
            largestGradient = gradients.largest();
            network.unrecorded(
                    () -> {
                        optimizer.step(step + 1, gradients, rate, scale(norm));
                        average.ifPresent(a -> a.update(network, step + 1));
                        replicas.copyWeights();
                        return null;
                    });
            return Optional.of(new Result(meanLoss, correct, size, rate, norm));
        }
    }

    private record Part(double loss, int correct) {}

    /** Adds the gradients of a batch's share of the step's loss, a piece of it on each device. */
    private Part backward(long number, Batch batch, int parts) {
        Engine engine = network.manager().getEngine();
        List<Batch> pieces = batch.split(replicas.count());
        List<NDManager> scopes = new ArrayList<>();
        List<Objective.Loss> losses = new ArrayList<>();
        try {
            try (GradientCollector collector = engine.newGradientCollector()) {
                // Nothing is read in between, so that the devices work at the same time.
                for (Batch piece : pieces) {
                    N replica = replicas.get(losses.size());
                    NDManager scope = replica.manager().newSubManager();
                    scopes.add(scope);
                    long own = number * replicas.count() + losses.size();
                    // Dropout draws from the engine, whose state cannot be saved; a seed can.
                    engine.setRandomSeed((int) Seeds.mix(config.seed(), own));
                    Objective.Loss loss = objective.loss(replica, scope, piece, own);
                    losses.add(loss);
                    float share = (float) parts * batch.size() / piece.size();
                    collector.backward(loss.value().div(scope.create(share)));
                }
            }
            double loss = 0;
            int correct = 0;
            for (int i = 0; i < losses.size(); i++) {
                double value = losses.get(i).value().getFloat();
                loss += value * pieces.get(i).size() / batch.size();
                correct += losses.get(i).correct().getAsInt();
            }
            return new Part(loss, correct);
        } finally {
            scopes.forEach(NDManager::close);
        }
    }

    /** As PyTorch's {@code clip_grad_norm_}, whose small term keeps the quotient finite. */
    private double scale(double norm) {
        return config.clipNorm() == 0 ? 1 : Math.min(1, config.clipNorm() / (norm + 1e-6));
    }

    private DivergedException diverged(long step, double rate, double loss, Gradients gradients) {
        String place =
                Double.isFinite(loss)
                        ? "the gradient of " + gradients.largest() + " is not finite"
                        : largestGradient.isEmpty()
                                ? "it was the first step"
                                : "the largest gradient of the step before was that of "
                                        + largestGradient;
        return new DivergedException(
                String.format(
                        Locale.ROOT,
                        "step %d: the loss is %s at learning rate %.3g (%s); a lower"
                            + " training.optimizer.learning_rate or a longer warm-up would help",
                        step + 1,
                        loss,
                        rate,
                        place));
    }

    @Override
    public void close() {
        replicas.close();
        average.ifPresent(WeightAverage::close);
        optimizer.close();
    }
}
