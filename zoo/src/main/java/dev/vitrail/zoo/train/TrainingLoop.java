package dev.vitrail.zoo.train;

import ai.djl.Device;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.ClassBalance;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.PictureCache;
import dev.vitrail.zoo.data.SampleOrder;
import dev.vitrail.zoo.data.UnreadableImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Epochs of steps and evaluations: the whole of a training but its files. What a step does depends
 * on the weights and the optimiser's state that it starts from, on the seed and on its {@link
 * Position}; nothing else is carried from step to step.
 *
 * @param <N> the network that is trained
 */
final class TrainingLoop<N extends LoadedBlock<?>> implements AutoCloseable {

    /** Saves what a training leaves behind. */
    interface Saving {

        /**
         * An epoch is over.
         *
         * @param best what is kept if it is the best so far
         * @param history its result is the last
         * @param evaluation what its result was taken from, if anything was classified
         */
        void epoch(
                LoadedBlock<?> best,
                List<EpochResult> history,
                Optional<Evaluation> evaluation,
                boolean isBest);

        /**
         * What an epoch came to was drawn.
         *
         * @param epoch counted from 1
         * @param png a whole file
         */
        void picture(int epoch, byte[] png);

        /** What is needed to go on from here. */
        void checkpoint(TrainingStep<?> step, Position position);

        /**
         * The last checkpoint leads nowhere: the one before it takes its place, if there is one.
         */
        void takeCheckpointBack();
    }

    private final Objective<N> objective;
    private final N network;
    private final TrainingConfig config;
    private final TrainingListener listener;
    private final ImageFolder training;
    private final SampleOrder order;
    private final BatchLoader loader;
    private final TrainingStep<N> step;
    private final LearningRate schedule;
    private final int batchSize;
    private final int batchesPerStep;
    private final int stepsPerEpoch;
    private final List<EpochResult> history;
    private Position position;
    private long lastSaved = System.nanoTime();

    /** Whether no loss was computed yet with the weights that were saved last. */
    private boolean isUnproven;

    /**
     * Reads the pictures that fit into memory, and prepares the next step.
     *
     * @param objective what is made small
     * @param network with its weights
     * @param preprocessing how a picture becomes the network's input
     * @param config the recipe
     * @param data what is learnt from
     * @param moreDevices that share the batches with the network's own
     * @param loading threads and memory
     * @param start what an earlier part of this training left
     * @param history the epochs of that part
     * @param listener told of everything but unreadable pictures
     * @param unreadable told of those
     */
    TrainingLoop(
            Objective<N> objective,
            N network,
            Preprocessing preprocessing,
            TrainingConfig config,
            ImageFolder data,
            List<Device> moreDevices,
            Loading loading,
            Optional<Checkpoint> start,
            List<EpochResult> history,
            TrainingListener listener,
            Consumer<UnreadableImage> unreadable) {
        this.objective = objective;
        this.network = network;
        this.config = config;
        this.listener = listener;
        this.history = new ArrayList<>(history);
        TrainingSamples samples =
                new TrainingSamples(preprocessing, objective.augmentation(), loading.cacheBytes());
        training = data;
        fill(samples.cache(), loading.threads(), unreadable);
        boolean balances = config.classBalance() == ClassBalance.SAMPLING;
        order =
                new SampleOrder(
                        training,
                        balances && !objective.classes().isEmpty(),
                        objective.augmentation().repeats());
        int images = training.images().size();
        // Every step has full batches: a rest of one picture would move the weights as far.
        batchSize = Math.min(config.batchSize(), images);
        batchesPerStep = Math.min(config.accumulation(), images / batchSize);
        stepsPerEpoch = images / batchSize / batchesPerStep;
        schedule = LearningRate.of(config, stepsPerEpoch);
        step = new TrainingStep<>(objective, network, moreDevices, config, schedule, start);
        position = start.map(Checkpoint::position).orElse(Position.START);
        loader =
                new BatchLoader(
                        samples,
                        Loading.sampleFloats(preprocessing),
                        batchSize,
                        loading.threads(),
                        objective.targets(training),
                        unreadable);
    }

    /**
     * Decodes what fits into memory, which finds broken pictures early, and refuses a class that
     * has no other. They keep their places in the order and make their batches smaller: how many of
     * them are found here depends on the memory of this machine, and no step may.
     */
    private void fill(PictureCache cache, int threads, Consumer<UnreadableImage> listener) {
        List<Path> files = training.images().stream().map(LabelledImage::path).toList();
        List<UnreadableImage> unreadable = cache.fill(files, threads);
        unreadable.forEach(listener);
        training.without(
                unreadable.stream().map(UnreadableImage::path).collect(Collectors.toSet()));
    }

    /**
     * Trains to the last step, or until patience is at its end.
     *
     * @param saving called after every epoch, now and then in between, and at an early stop
     * @param stop asked before every step whether to stop
     * @return whether the training is complete
     */
    boolean run(Saving saving, BooleanSupplier stop) {
        listener.onStart(plan());
        try {
            return train(saving, stop);
        } catch (DivergedException e) {
            if (isUnproven) {
                saving.takeCheckpointBack();
            }
            throw e;
        }
    }

    private boolean train(Saving saving, BooleanSupplier stop) {
        while (position.epoch() <= config.epochs() && !outOfPatience()) {
            EpochMeter meter = new EpochMeter(position.epoch(), schedule.steps());
            Optional<Score> score;
            Optional<Score> raw;
            Optional<byte[]> picture;
            try {
                train(meter, saving, stop);
                score = objective.validate(step.best(), () -> check(stop));
                raw =
                        step.best() == network
                                ? Optional.empty()
                                : objective.validate(network, () -> check(stop));
                picture =
                        objective.picture(
                                step.best(), position.epoch(), position.epoch() == config.epochs());
            } catch (Stopped asked) {
                save(saving);
                return false;
            }
            double rate = schedule.at(Math.max(0, position.steps() - 1));
            refuseNotFinite(score, rate);
            refuseNotFinite(raw, rate);
            refuseWeightsNotFinite();
            EpochResult result =
                    meter.result(position, rate, !objective.classes().isEmpty(), score, raw);
            boolean isBest = best(history).map(result::isBetterThan).orElse(true);
            history.add(result);
            position = Position.startOf(position.epoch() + 1, position.steps());
            saving.epoch(
                    step.best(), List.copyOf(history), score.flatMap(Score::evaluation), isBest);
            picture.ifPresent(png -> saving.picture(result.epoch(), png));
            save(saving);
            isUnproven = score.isEmpty();
            listener.onEpoch(result, isBest);
        }
        return true;
    }

    /**
     * The last step of an epoch can make weights that are finite and yet too large for any loss.
     * The next step would find it, but they would have been saved by then.
     */
    private void refuseNotFinite(Optional<Score> score, double rate) {
        if (score.stream().mapToDouble(Score::loss).allMatch(Double::isFinite)) {
            return;
        }
        LargestWeight largest = LargestWeight.of(network);
        throw new DivergedException(
                String.format(
                        Locale.ROOT,
                        "step %d: the validation loss after it is %s at learning rate %.3g (the"
                            + " largest weight, %.3g, is in %s); a lower"
                            + " training.optimizer.learning_rate or a longer warm-up would help",
                        position.steps(),
                        score.orElseThrow().loss(),
                        rate,
                        largest.size(),
                        largest.parameter()));
    }

    /**
     * A step that was too large is found by the next one, which is too late where its weights are
     * saved before that.
     */
    private void refuseWeightsNotFinite() {
        for (N weights : step.networks()) {
            LargestWeight largest = LargestWeight.of(weights);
            if (!Float.isFinite(largest.size())) {
                throw new DivergedException(
                        String.format(
                                Locale.ROOT,
                                "step %d: the weights after it are not finite at learning rate %.3g"
                                    + " (%s holds %s); a lower training.optimizer.learning_rate or"
                                    + " a longer warm-up would help",
                                position.steps(),
                                schedule.at(Math.max(0, position.steps() - 1)),
                                largest.parameter(),
                                largest.size()));
            }
        }
    }

    /** The epoch whose weights are kept. */
    static Optional<EpochResult> best(List<EpochResult> history) {
        return history.stream().reduce((best, next) -> next.isBetterThan(best) ? next : best);
    }

    private boolean outOfPatience() {
        int last = position.epoch() - 1;
        return config.patience() > 0
                && best(history)
                        .filter(best -> last - best.epoch() >= config.patience())
                        .isPresent();
    }

    /** Ends what is under way; nothing of it is lost but an evaluation, which is done again. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void check(BooleanSupplier stop) {
        if (stop.getAsBoolean()) {
            throw new Stopped();
        }
    }

    private void train(EpochMeter meter, Saving saving, BooleanSupplier stop) {
        int epoch = position.epoch();
        int samples = stepsPerEpoch * batchesPerStep * batchSize;
        int[] taken = Arrays.copyOf(order.of(config.seed(), epoch), samples);
        try (Batches batches =
                loader.start(training.images(), taken, config.seed(), epoch, position.batches())) {
            while (batches.hasNext()) {
                check(stop);
                saveNowAndThen(saving);
                Optional<TrainingStep.Result> result =
                        step.take(position.steps(), batches, batchesPerStep);
                isUnproven &= result.isEmpty();
                position =
                        result.map(done -> position.after(done, batchesPerStep))
                                .orElseGet(() -> position.skipping(batchesPerStep));
                result.ifPresent(done -> listener.onStep(meter.add(done, position.steps())));
            }
            meter.endTraining(batches.secondsWaited());
        }
    }

    private void saveNowAndThen(Saving saving) {
        double minutes = (System.nanoTime() - lastSaved) / 60e9;
        if (config.checkpointMinutes() > 0 && minutes >= config.checkpointMinutes()) {
            save(saving);
        }
    }

    private void save(Saving saving) {
        refuseWeightsNotFinite();
        saving.checkpoint(step, position);
        isUnproven = true;
        lastSaved = System.nanoTime();
    }

    private TrainingListener.Plan plan() {
        return new TrainingListener.Plan(
                objective.classes(),
                training.images().size(),
                objective.validationImages(),
                network.trainedValues(),
                config.epochs(),
                schedule.steps(),
                network.manager().getDevice().toString());
    }

    @Override
    public void close() {
        loader.close();
        step.close();
    }
}
