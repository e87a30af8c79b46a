package dev.vitrail.benchmarks;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Photos from their files' bytes to what a network is fed: decoded, resized (bicubic, short edge
 * 256), cropped to 224 and normalised, in one thread.
 */
public final class PreparedPhotos {
    private static final int EDGE = 224;

    private final Preprocessing preprocessing =
            new Preprocessing(
                    Resize.shortEdge(256),
                    Extent.square(EDGE),
                    Interpolation.BICUBIC,
                    List.of(0.5, 0.5, 0.5),
                    List.of(0.5, 0.5, 0.5),
                    null);
    private final FloatBuffer pixels =
            ByteBuffer.allocateDirect(3 * EDGE * EDGE * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();

    /**
     * Prints milliseconds of processor time for a photo, the exact way and with fast decoding, as
     * medians over passes in turn.
     *
     * @param arguments a folder of photos and the number of passes
     * @throws IOException if one of them cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        PreparedPhotos prepared = new PreparedPhotos();
        Map<String, ReaderBenchmark.Reader> ways = new LinkedHashMap<>();
        ways.put("exact", prepared::exact);
        ways.put("fast", prepared::fast);
        Map<String, Double> milliseconds =
                ReaderBenchmark.milliseconds(
                        ways, read(Path.of(arguments[0])), Integer.parseInt(arguments[1]));
        System.out.printf(
                Locale.ROOT, "%.3f %.3f%n", milliseconds.get("exact"), milliseconds.get("fast"));
    }

    /** The pixels that everything else is measured against. */
    FloatBuffer exact(byte[] file) throws IOException {
        return prepare(file, preprocessing.decodeOptions());
    }

    /** Those of {@code --fast-decode}. */
    FloatBuffer fast(byte[] file) throws IOException {
        return prepare(file, preprocessing.fastDecodeOptions());
    }

    private FloatBuffer prepare(byte[] file, DecodeOptions options) throws IOException {
        preprocessing.apply(ImageDecoder.decode(file, "photo.jpg", options), pixels.clear());
        return pixels;
    }

    /** The bytes of a folder's files. */
    static List<byte[]> read(Path folder) throws IOException {
        List<byte[]> photos = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                photos.add(Files.readAllBytes(file));
            }
        }
        return photos;
    }
}
