package dev.vitrail.zoo.train;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.PictureCache;
import dev.vitrail.zoo.data.SampleReader;
import dev.vitrail.zoo.data.UnreadableImage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Pictures exactly as in classification: the config's {@link Preprocessing} and nothing random, in
 * the order of their folder, as often as they are asked for.
 */
final class PlainPictures implements AutoCloseable {

    private final ImageFolder folder;
    private final BatchLoader loader;
    private final AtomicInteger unreadable = new AtomicInteger();

    /**
     * Starts the background threads.
     *
     * @param folder the pictures
     * @param preprocessing how a picture becomes the network's input
     * @param decoding how a file becomes a picture
     * @param loading batch size, threads and memory
     * @param listener told once of every picture that cannot be decoded
     */
    PlainPictures(
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

    /** What is gone through. */
    ImageFolder folder() {
        return folder;
    }

    /** How many pictures turned out not to be decodable. */
    int unreadable() {
        return unreadable.get();
    }

    /**
     * Goes through all pictures.
     *
     * @param action takes batches of at least one picture each, which are closed after it
     * @throws ZooException if no picture can be decoded
     */
    void forEach(Consumer<Batch> action) {
        int[] order = IntStream.range(0, folder.images().size()).toArray();
        boolean isEmpty = true;
        try (Batches batches = loader.start(folder.images(), order, 0, 0)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    if (batch.size() > 0) {
                        isEmpty = false;
                        action.accept(batch);
                    }
                }
            }
        }
        if (isEmpty) {
            throw new ZooException(
                    folder.source() + ": none of its " + order.length + " pictures can be decoded");
        }
    }

    /** Ends the background threads. */
    @Override
    public void close() {
        loader.close();
    }
}
