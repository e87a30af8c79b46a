package dev.vitrail.runtime;

import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.Prediction.Failed;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Consecutive images of a run, each with its place in one direct buffer {@code [batch, 3, height,
 * width]}, or with the reason why there are no pixels in that place.
 *
 * <p>Decoding threads fill places; who fills a place first, with pixels or with a failure, decides
 * it. So a decoder that is given up because it is late cannot write into a buffer that already
 * belongs to other images.
 */
final class Batch {
    private static final Failed NO_MEMORY =
            new Failed(
                    FailureCode.TOO_LARGE,
                    "memory ran out while it was decoded; give Java more, or decode in fewer"
                            + " threads");
    private static final Failed DAMAGED =
            new Failed(FailureCode.CORRUPT_IMAGE, "cannot be decoded, its data is damaged");

    private final int first;
    private final int size;
    private final FloatBuffer pixels;
    private final int imageFloats;
    private final boolean[] claimed;
    private final Failed[] failures;
    private final Thumbnail[] thumbnails;
    private final RgbImage[] images;
    private int open;
    private Answer[] answers;
    private Throwable problem;
    private boolean run;

    /**
     * A batch without pixels.
     *
     * @param first the index of its first image in the run
     * @param size the number of images, at least 1
     * @param pixels room for them
     * @param imageFloats the floats of one image
     */
    Batch(int first, int size, FloatBuffer pixels, int imageFloats) {
        this.first = first;
        this.size = size;
        this.pixels = pixels;
        this.imageFloats = imageFloats;
        this.claimed = new boolean[size];
        this.failures = new Failed[size];
        this.thumbnails = new Thumbnail[size];
        this.images = new RgbImage[size];
        this.open = size;
    }

    int first() {
        return first;
    }

    int size() {
        return size;
    }

    FloatBuffer pixels() {
        return pixels;
    }

    /**
     * Puts pixels into a place, or a failure if that throws anything: whoever waits for this batch
     * would otherwise wait for ever.
     *
     * @param place the place
     * @param image writes the pixels into a buffer at the place's position
     * @return false if the place was decided before
     */
    boolean fill(int place, Consumer<FloatBuffer> image) {
        if (!claim(place)) {
            return false;
        }
        try {
            image.accept(pixels.duplicate().position(place * imageFloats));
        } catch (Throwable e) {
            failures[place] = failure(e);
        } finally {
            done();
        }
        return true;
    }

    /** Keeps an image's thumbnail, or null; while its place is {@linkplain #fill filled}. */
    void keep(int place, Thumbnail thumbnail) {
        thumbnails[place] = thumbnail;
    }

    /**
     * Keeps the image itself for a model that prepares it; while its place is {@linkplain #fill
     * filled}.
     */
    void keep(int place, RgbImage image) {
        images[place] = image;
    }

    /** Hands over the image that is kept in a place, which keeps it no longer; or null. */
    RgbImage takeImage(int place) {
        RgbImage image = images[place];
        images[place] = null;
        return image;
    }

    /** The thumbnail of a place, if there is one. */
    Optional<Thumbnail> thumbnail(int place) {
        return Optional.ofNullable(thumbnails[place]);
    }

    /** What a row says of an image at which something broke; makes nothing, memory may be short. */
    static Failed failure(Throwable problem) {
        return problem instanceof OutOfMemoryError ? NO_MEMORY : DAMAGED;
    }

    /** Puts a failure into a place; false if the place was decided before. */
    boolean fail(int place, Failed failure) {
        if (!claim(place)) {
            return false;
        }
        failures[place] = failure;
        done();
        return true;
    }

    private synchronized boolean claim(int place) {
        boolean free = !claimed[place];
        claimed[place] = true;
        return free;
    }

    private synchronized void done() {
        open--;
    }

    /** Whether every place is decided. */
    synchronized boolean isDecided() {
        return open == 0;
    }

    /** Keeps what became of its images; null if the session failed because the JVM ends. */
    void answer(Answer[] known) {
        answers = known;
    }

    /** Keeps why there are no answers. */
    void failRun(Throwable reason) {
        problem = reason;
    }

    /** It was run. This and {@link #isRun} are for its feed, in turn. */
    void setRun() {
        run = true;
    }

    boolean isRun() {
        return run;
    }

    /** What became of its images, or null; when it {@linkplain BatchFeed#next was run}. */
    Answer[] answers() {
        if (problem instanceof RuntimeException failed) {
            throw failed;
        }
        if (problem instanceof Error error) {
            throw error;
        }
        return answers;
    }

    /** The failure in a place, or null. */
    Failed failure(int place) {
        return failures[place];
    }

    /**
     * Moves the images that have pixels together, keeping their order.
     *
     * @return how many there are
     */
    int compact() {
        int filled = 0;
        for (int place = 0; place < size; place++) {
            if (failures[place] == null) {
                if (filled < place) {
                    pixels.put(filled * imageFloats, pixels, place * imageFloats, imageFloats);
                }
                filled++;
            }
        }
        return filled;
    }
}
