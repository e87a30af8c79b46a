package dev.vitrail.zoo.data;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.zoo.ZooException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Decodes pictures for no other reason than to know that it can be done. */
public final class PictureCheck {

    private PictureCheck() {}

    /**
     * Decodes every picture once and keeps none.
     *
     * @param files the pictures
     * @param options how they are decoded
     * @param threads how many at a time
     * @param stop asked before each; what is left then is not looked at
     * @return those that cannot be decoded, in the order of {@code files}
     */
    public static List<UnreadableImage> unreadable(
            List<Path> files, DecodeOptions options, int threads, BooleanSupplier stop) {
        return unreadable(
                files,
                threads,
                file -> stop.getAsBoolean() ? Optional.empty() : decode(file, options));
    }

    /**
     * Decodes pictures until one can be decoded, as a rule the first, and keeps none.
     *
     * @param folder the pictures
     * @param options how they are decoded
     * @param stop asked before each; what is left then counts as sound
     * @throws ZooException if there are pictures and none can be decoded
     */
    public static void requireReadable(
            ImageFolder folder, DecodeOptions options, BooleanSupplier stop) {
        Optional<UnreadableImage> first = Optional.empty();
        for (LabelledImage image : folder.images()) {
            if (stop.getAsBoolean()) {
                return;
            }
            Optional<UnreadableImage> problem = decode(image.path(), options);
            if (problem.isEmpty()) {
                return;
            }
            first = first.or(() -> problem);
        }
        if (first.isPresent()) {
            throw new ZooException(
                    folder.source()
                            + ": none of its "
                            + folder.images().size()
                            + " pictures can be decoded; the first one: "
                            + first.get().cause().getMessage());
        }
    }

    /**
     * Looks at every picture.
     *
     * @param files the pictures
     * @param threads how many at a time
     * @param look says what is wrong with one, if anything
     * @return what was said, in the order of {@code files}
     */
    static List<UnreadableImage> unreadable(
            List<Path> files, int threads, Function<Path, Optional<UnreadableImage>> look) {
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            return pool.submit(
                            () ->
                                    files.parallelStream()
                                            .map(look)
                                            .flatMap(Optional::stream)
                                            .toList())
                    .join();
        } finally {
            pool.shutdown();
        }
    }

    private static Optional<UnreadableImage> decode(Path file, DecodeOptions options) {
        try {
            ImageDecoder.decode(file, options);
            return Optional.empty();
        } catch (ImageException e) {
            return Optional.of(new UnreadableImage(file, e));
        }
    }
}
