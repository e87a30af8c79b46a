package dev.vitrail.zoo.data;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.RgbImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Decoded pictures that stay in memory while they fit. An epoch reads every picture once, so what
 * is in stays in and what comes later is decoded each time: throwing out the oldest would mean that
 * none is ever found. Safe for many threads.
 */
public final class PictureCache {

    private final DecodeOptions options;
    private final UnaryOperator<RgbImage> preparation;
    private final long capacity;
    private final AtomicLong used = new AtomicLong();
    private final Map<Path, RgbImage> pictures = new ConcurrentHashMap<>();
    private volatile boolean full;

    /**
     * Creates an empty cache.
     *
     * @param options how files are decoded
     * @param preparation what is done with a picture once, before it is kept, such as a resize that
     *     is the same in every epoch
     * @param capacity bytes of pixels that may be kept; 0 keeps none
     */
    public PictureCache(DecodeOptions options, UnaryOperator<RgbImage> preparation, long capacity) {
        this.options = options;
        this.preparation = preparation;
        this.capacity = capacity;
    }

    /**
     * Returns a picture, decoded now or earlier.
     *
     * @param file its file
     * @return the prepared picture
     * @throws ImageException if the file cannot be decoded
     */
    public RgbImage read(Path file) throws ImageException {
        RgbImage kept = pictures.get(file);
        if (kept != null) {
            return kept;
        }
        RgbImage picture = preparation.apply(ImageDecoder.decode(file, options));
        long bytes = 3L * picture.width() * picture.height();
        if (used.addAndGet(bytes) <= capacity) {
            picture.pixels(); // bytes are kept, and not what a decoder would make them of
            if (pictures.putIfAbsent(file, picture) != null) {
                used.addAndGet(-bytes);
            }
        } else {
            used.addAndGet(-bytes);
            full = true;
        }
        return picture;
    }

    /**
     * Decodes pictures ahead of the first epoch, until no more fit. A set that fits whole is known
     * to be sound after this, and a bad file is found before the first step.
     *
     * @param files what will be read, in order
     * @param threads how many at a time
     * @return those that cannot be decoded, in order; complete if everything fits
     */
    public List<UnreadableImage> fill(List<Path> files, int threads) {
        return PictureCheck.unreadable(files, threads, this::unreadable);
    }

    private Optional<UnreadableImage> unreadable(Path file) {
        if (full) {
            return Optional.empty();
        }
        try {
            read(file);
            return Optional.empty();
        } catch (ImageException e) {
            return Optional.of(new UnreadableImage(file, e));
        }
    }
}
