package dev.vitrail.zoo.train;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.PictureCache;
import dev.vitrail.zoo.data.SampleReader;
import dev.vitrail.zoo.data.UnreadableImage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Runs a network over labelled pictures, fed exactly as in classification: the config's {@link
 * Preprocessing} and nothing random.
 */
public final class Evaluator implements AutoCloseable {

    private final ImageFolder folder;
    private final BatchLoader loader;
    private final AtomicInteger unreadable = new AtomicInteger();

    /**
     * Creates an evaluator that can run many times.
     *
     * @param folder the pictures and classes
     * @param preprocessing how a picture becomes the network's input
     * @param loading batch size, threads and memory
     * @param listener told once of every picture that cannot be decoded
     */
    public Evaluator(
            ImageFolder folder,
            Preprocessing preprocessing,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        this(folder, preprocessing, preprocessing.decodeOptions(), loading, listener);
    }

    /**
     * Creates an evaluator whose pictures are decoded otherwise than the preprocessing says.
     *
     * @param folder the pictures and classes
     * @param preprocessing how a picture becomes the network's input
     * @param decoding how a file becomes a picture
     * @param loading batch size, threads and memory
     * @param listener told once of every picture that cannot be decoded
     */
    public Evaluator(
            ImageFolder folder,
            Preprocessing preprocessing,
            DecodeOptions decoding,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        this.folder = folder;
        // Resize and crop are the same every time, so their result is what is kept.
        PictureCache cache =
                new PictureCache(decoding, preprocessing::prepare, loading.cacheBytes());
        SampleReader reader =
                (file, random, target) -> {
                    RgbImage picture = cache.read(file);
                    preprocessing.finish(picture, target);
                };
        this.loader =
                new BatchLoader(
                        reader,
                        Loading.sampleFloats(preprocessing),
                        loading.batchSize(),
                        loading.threads(),
                        image -> {
                            unreadable.incrementAndGet();
                            listener.accept(image);
                        });
    }

    /**
     * Evaluates a network.
     *
     * @param network what gives the logits
     * @return the figures
     * @throws ZooException if no picture can be decoded
     */
    public Evaluation evaluate(LogitsFunction network) {
        return evaluate(network, image -> {});
    }

    /**
     * Evaluates a network and tells what it said about every picture.
     *
     * @param network what gives the logits
     * @param predictions told of every decodable picture, in the order of the folder
     * @return the figures
     * @throws ZooException if no picture can be decoded
     */
    public Evaluation evaluate(LogitsFunction network, Consumer<ImageLogits> predictions) {
        int classes = folder.classes().size();
        int[][] confusion = new int[classes][classes];
        double loss = 0;
        int top5 = 0;
        int images = 0;
        int[] order = IntStream.range(0, folder.images().size()).toArray();
        try (Batches batches = loader.start(folder.images(), order, 0, 0)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    if (batch.size() == 0) {
                        continue;
                    }
                    float[][] logits = network.logits(batch.pixels(), batch.size());
                    int[] indexes = batch.indexes();
                    for (int i = 0; i < logits.length; i++) {
                        if (logits[i].length != classes) {
                            throw new IllegalArgumentException(
                                    "the network has "
                                            + logits[i].length
                                            + " logits for "
                                            + classes
                                            + " classes");
                        }
                        LabelledImage image = folder.images().get(indexes[i]);
                        ImageLogits said = new ImageLogits(image.path(), image.label(), logits[i]);
                        confusion[said.label()][said.best()]++;
                        loss += CrossEntropy.of(said.logits(), said.label());
                        top5 += said.rank() < 5 ? 1 : 0;
                        images++;
                        predictions.accept(said);
                    }
                }
            }
        }
        if (images == 0) {
            Path root = folder.root();
            throw new ZooException(
                    root + ": none of its " + order.length + " pictures can be decoded");
        }
        return new Evaluation(folder.classes(), confusion, loss / images, top5, unreadable.get());
    }

    /** Ends the background threads. */
    @Override
    public void close() {
        loader.close();
    }
}
