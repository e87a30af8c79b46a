package dev.vitrail.zoo.train;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.Seeds;
import dev.vitrail.zoo.data.UnreadableImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Epochs of steps and evaluations: the whole of a training but its files. What an epoch does
 * depends on the weights and moments that it starts from, on the seed and on its number; nothing
 * else is carried from step to step.
 */
final class TrainingLoop implements AutoCloseable {

    /** The cosine ends at this share of the peak. */
    private static final double FLOOR_SHARE = 0.01;

    /** Keeps the order of pictures apart from other uses of the same seed. */
    private static final long ORDER = -1;

    /** Saves what an epoch, or an early end, leaves behind. */
    interface Checkpoint {

        /** An epoch is over; its result is the history's last. */
        void epoch(Network network, List<EpochResult> history, boolean best);

        /** The training was asked to stop within an epoch. */
        void stopped(Network network);
    }

    private final Network network;
    private final TrainingConfig config;
    private final TrainingListener listener;
    private final ImageFolder training;
    private final Optional<ImageFolder> validation;
    private final Optional<Evaluator> evaluator;
    private final BatchLoader loader;
    private final TrainingStep step;
    private final Set<Path> reported = new HashSet<>();
    private final int batchSize;
    private final int stepsPerEpoch;
    private final long steps;
    private EpochResult best;

    /**
     * Reads the pictures that fit into memory, and prepares the first step.
     *
     * @param network with its first weights
     * @param preprocessing how a picture becomes the network's input
     * @param config the recipe
     * @param data what is learnt from
     * @param validation what is measured with, if anything
     * @param loading threads and memory
     * @param listener told of everything
     */
    TrainingLoop(
            Network network,
            Preprocessing preprocessing,
            TrainingConfig config,
            ImageFolder data,
            Optional<ImageFolder> validation,
            Loading loading,
            TrainingListener listener) {
        this.network = network;
        this.config = config;
        this.listener = listener;
        this.validation = validation;
        TrainingSamples samples =
                new TrainingSamples(preprocessing, config.augmentation(), loading.cacheBytes() / 2);
        training = withoutUnreadable(data, samples, loading.threads());
        int images = training.images().size();
        // Every step has a full batch: a rest of one picture would move the weights as far.
        batchSize = Math.min(config.batchSize(), images);
        stepsPerEpoch = images / batchSize;
        steps = (long) stepsPerEpoch * config.epochs();
        double peak = config.optimizer().learningRate();
        long warmup = Math.min(steps, Math.round(config.warmupEpochs() * stepsPerEpoch));
        LearningRate schedule = new LearningRate(peak, peak * FLOOR_SHARE, warmup, steps);
        step = new TrainingStep(network, config, schedule);
        loader =
                new BatchLoader(
                        samples,
                        Loading.sampleFloats(preprocessing),
                        batchSize,
                        loading.threads(),
                        this::report);
        evaluator =
                validation.map(
                        folder ->
                                new Evaluator(
                                        folder,
                                        preprocessing,
                                        loading.withCacheBytes(loading.cacheBytes() / 2),
                                        this::report));
    }

    private ImageFolder withoutUnreadable(ImageFolder data, TrainingSamples samples, int threads) {
        List<Path> files = data.images().stream().map(LabelledImage::path).toList();
        List<UnreadableImage> unreadable = samples.cache().fill(files, threads);
        unreadable.forEach(this::report);
        return data.without(
                unreadable.stream().map(UnreadableImage::path).collect(Collectors.toSet()));
    }

    /** Once for a file, even where it is trained on and validated with. */
    private void report(UnreadableImage image) {
        if (reported.add(image.path())) {
            listener.onUnreadable(image);
        }
    }

    /**
     * Trains to the last step.
     *
     * @param checkpoint called after every epoch
     * @param stop asked before every step whether to end early
     * @return whether all steps were taken
     */
    boolean run(Checkpoint checkpoint, BooleanSupplier stop) {
        listener.onStart(plan());
        List<EpochResult> history = new ArrayList<>();
        for (int epoch = 1; epoch <= config.epochs(); epoch++) {
            EpochMeter meter = new EpochMeter(epoch, steps);
            if (!train(epoch, meter, stop)) {
                checkpoint.stopped(network);
                return false;
            }
            EpochResult result =
                    meter.result(evaluator.map(e -> e.evaluate(network::logits)), step.steps());
            boolean isBest = best == null || result.isBetterThan(best);
            best = isBest ? result : best;
            history.add(result);
            checkpoint.epoch(network, List.copyOf(history), isBest);
            listener.onEpoch(result, isBest);
        }
        return true;
    }

    private boolean train(int epoch, EpochMeter meter, BooleanSupplier stop) {
        int images = training.images().size();
        int[] shuffled = Seeds.permutation(images, Seeds.random(config.seed(), ORDER, epoch));
        int[] order = Arrays.copyOf(shuffled, stepsPerEpoch * batchSize);
        try (Batches batches = loader.start(training.images(), order, config.seed(), epoch)) {
            while (batches.hasNext()) {
                if (stop.getAsBoolean()) {
                    return false;
                }
                try (Batch batch = batches.next()) {
                    if (batch.size() > 0) {
                        listener.onStep(meter.add(step.take(batch), step.steps()));
                    }
                }
            }
            meter.endTraining(batches.secondsWaited());
        }
        return true;
    }

    private TrainingListener.Plan plan() {
        return new TrainingListener.Plan(
                training.classes(),
                training.images().size(),
                validation.map(folder -> folder.images().size()).orElse(0),
                network.parameterCount(),
                config.epochs(),
                steps,
                network.manager().getDevice().toString());
    }

    @Override
    public void close() {
        evaluator.ifPresent(Evaluator::close);
        loader.close();
        step.close();
    }
}
