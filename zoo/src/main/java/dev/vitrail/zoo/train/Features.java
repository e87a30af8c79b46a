package dev.vitrail.zoo.train;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.UnreadableImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What an encoder makes of labelled pictures: a vector for each, in the order of their folder. The
 * pictures are fed exactly as in evaluation, and nothing is random.
 */
public final class Features {

    private final List<float[]> vectors;
    private final int[] labels;
    private final int classes;

    /**
     * Takes vectors as they are.
     *
     * @param vectors of one length, one a picture; not to be changed any more
     * @param labels class numbers, one a picture
     * @param classes number of classes
     */
    public Features(List<float[]> vectors, int[] labels, int classes) {
        this.vectors = List.copyOf(vectors);
        this.labels = labels.clone();
        this.classes = classes;
        if (vectors.isEmpty() || vectors.size() != labels.length) {
            throw new IllegalArgumentException(
                    vectors.size() + " vectors for " + labels.length + " labels");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException("label " + labels[i] + " of " + classes);
            }
            if (vectors.get(i).length != vectors.get(0).length) {
                throw new IllegalArgumentException("vectors of different lengths");
            }
        }
    }

    /**
     * Runs an encoder over a folder.
     *
     * @param encoder as {@link Run#encoder} gives it
     * @param folder the pictures
     * @param preprocessing how a picture becomes the network's input
     * @param loading batch size, threads and memory
     * @param unreadable told once of every picture that cannot be decoded, which is left out
     * @param done told after every batch how many pictures it had
     * @return the vectors
     * @throws ZooException if a class has no picture left that can be decoded, or a vector is not
     *     finite
     */
    public static Features of(
            Network encoder,
            ImageFolder folder,
            Preprocessing preprocessing,
            Loading loading,
            Consumer<UnreadableImage> unreadable,
            Consumer<Integer> done) {
        List<float[]> vectors = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        Set<Path> leftOut = new HashSet<>();
        try (PlainPictures pictures =
                new PlainPictures(
                        folder,
                        preprocessing,
                        preprocessing.decodeOptions(),
                        // Each picture is seen once.
                        loading.withCacheBytes(0),
                        image -> {
                            leftOut.add(image.path());
                            unreadable.accept(image);
                        })) {
            pictures.forEach(
                    batch -> {
                        float[][] rows = encoder.logits(batch.pixels(), batch.size());
                        int[] indexes = batch.indexes();
                        for (int i = 0; i < rows.length; i++) {
                            LabelledImage image = folder.images().get(indexes[i]);
                            requireFinite(rows[i], image);
                            vectors.add(rows[i]);
                            labels.add(image.label());
                        }
                        done.accept(rows.length);
                    });
        }
        folder.without(leftOut);
        return new Features(
                vectors,
                labels.stream().mapToInt(Integer::intValue).toArray(),
                folder.classes().size());
    }

    private static void requireFinite(float[] vector, LabelledImage image) {
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new ZooException(
                        image.path()
                                + ": the encoder makes "
                                + value
                                + " of it; its weights are of no use");
            }
        }
    }

    /**
     * Returns how many pictures there are.
     *
     * @return at least 1
     */
    public int size() {
        return labels.length;
    }

    /**
     * Returns how long a vector is.
     *
     * @return its number of values
     */
    public int length() {
        return vectors.get(0).length;
    }

    /**
     * Returns how many classes there are; some may have no picture here.
     *
     * @return their number
     */
    public int classes() {
        return classes;
    }

    /**
     * Returns what became of a picture.
     *
     * @param index of the picture
     * @return its vector, not to be changed
     */
    public float[] vector(int index) {
        return vectors.get(index);
    }

    /**
     * Returns the class of a picture.
     *
     * @param index of the picture
     * @return the class's number
     */
    public int label(int index) {
        return labels[index];
    }
}
