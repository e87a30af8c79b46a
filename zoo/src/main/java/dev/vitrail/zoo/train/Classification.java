package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Augmentations;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.ClassBalance;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.BatchMixer;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.SoftTargets;
import dev.vitrail.zoo.data.UnreadableImage;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Training with labels: cross-entropy, smoothed and mixed as the config says. */
final class Classification implements Objective<Network> {

    private final ModelConfig config;
    private final int validationImages;
    private final Optional<Evaluator> evaluator;

    /**
     * Prepares the validation pictures.
     *
     * @param config with the labels of the data
     * @param validation what is measured with, if anything
     * @param loading threads and memory
     * @param listener told of every validation picture that cannot be decoded
     */
    Classification(
            ModelConfig config,
            Optional<ImageFolder> validation,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        this.config = config;
        validationImages = validation.map(folder -> folder.images().size()).orElse(0);
        evaluator =
                validation.map(
                        folder -> new Evaluator(folder, config.preprocessing(), loading, listener));
    }

    @Override
    public Network network(Device device, LoadedBlock.WeightSource weights) {
        int classes = config.labels().count();
        return new Network(new VisionTransformer(config.model(), classes), device, weights);
    }

    @Override
    public List<String> classes() {
        return config.labels().names();
    }

    @Override
    public Augmentations augmentation() {
        return config.training().augmentation();
    }

    @Override
    public Optional<SoftTargets> targets(ImageFolder data) {
        Preprocessing preprocessing = config.preprocessing();
        TrainingConfig training = config.training();
        return Optional.of(
                new SoftTargets(
                        config.labels().count(),
                        training.labelSmoothing(),
                        training.classBalance() == ClassBalance.WEIGHTS
                                ? data.classWeights()
                                : List.of(),
                        training.augmentation()
                                .mixing()
                                .map(
                                        mixing ->
                                                new BatchMixer(
                                                        mixing,
                                                        preprocessing.outputHeight(),
                                                        preprocessing.outputWidth()))));
    }

    @Override
    public Loss loss(Network network, NDManager scope, Batch batch, long number) {
        int classes = network.block().classes();
        float[] shares = batch.targets();
        NDArray pixels = network.input(scope, batch.pixels(), batch.size());
        NDArray targets = scope.create(shares, new Shape(batch.size(), classes));
        NDArray logits = network.forward(pixels, true);
        return new Loss(
                CrossEntropy.mean(logits, targets),
                () -> correct(logits.toFloatArray(), shares, classes));
    }

    /** A mixed picture is right where the class of its larger part is said. */
    private static int correct(float[] logits, float[] shares, int classes) {
        int correct = 0;
        for (int from = 0; from < shares.length; from += classes) {
            if (ImageLogits.best(logits, from, classes)
                    == ImageLogits.best(shares, from, classes)) {
                correct++;
            }
        }
        return correct;
    }

    @Override
    public int validationImages() {
        return validationImages;
    }

    @Override
    public Optional<Score> validate(Network network, Runnable check) {
        return evaluator
                .map(e -> e.evaluate(network::logits, said -> check.run()))
                .map(e -> new Score(e.loss(), Optional.of(e)));
    }

    @Override
    public Optional<byte[]> picture(Network network, int epoch, boolean isLast) {
        return Optional.empty();
    }

    @Override
    public void close() {
        evaluator.ifPresent(Evaluator::close);
    }
}
