package dev.vitrail.imaging;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/**
 * Decodes image files to RGB bytes: JPEG, PNG, GIF (first frame), BMP, TIFF (first page) and WebP.
 * What the pixels are, format by format, is on the package's page.
 *
 * <p>Whatever a file holds, either an image or an {@link ImageException} comes out. Some damaged
 * files make a reader slow instead; a caller that must be done in time decodes in a thread of its
 * own and interrupts it, which the readers notice at their next read of the file. What comes out
 * then is a {@link CancellationException}, because it says nothing about the file.
 */
public final class ImageDecoder {
    /**
     * The ends of image files' names, in lower case and without the dot. They tell which files of a
     * folder are meant as images; decoding goes by what a file holds.
     */
    public static final List<String> EXTENSIONS =
            List.of("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff");

    /** Beyond any JPEG's 65,535, and small enough that no resize's size leaves an int. */
    static final int MAX_EDGE = 131_071;

    private static final String FORMATS = "JPEG, PNG, GIF, BMP, TIFF and WebP are";

    /** Bytes that are enough to tell the format, and an image from a large file that is none. */
    private static final int START = 16;

    private ImageDecoder() {}

    /**
     * Whether a file is meant as an image: its name has one of the {@link #EXTENSIONS}, in any
     * case.
     *
     * @param file any path; the file is not looked at
     * @return whether its name ends so
     */
    public static boolean hasExtension(Path file) {
        String name = file.toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return extension.length() < name.length() && EXTENSIONS.contains(extension);
    }

    /**
     * Decodes a file.
     *
     * @param file a regular file, or a link to one; nothing else is opened, so that a pipe does not
     *     block
     * @param options limits and choices
     * @return {@code [height, width, 3]}
     * @throws ImageException if there is no image to be had from the file
     * @throws CancellationException if the thread was interrupted; it still is
     */
    public static RgbImage decode(Path file, DecodeOptions options) throws ImageException {
        return decode(file, options, DecodeMemory.UNBOUNDED);
    }

    /**
     * Decodes a file as soon as there is memory for it.
     *
     * @param file as without a bound
     * @param options limits and choices
     * @param memory is asked before memory is taken, for the file and for its pixels; none of it is
     *     held any longer when this returns but for the result
     * @return {@code [height, width, 3]}
     * @throws ImageException if there is no image to be had from the file
     * @throws CancellationException if the thread was interrupted; it still is
     */
    public static RgbImage decode(Path file, DecodeOptions options, DecodeMemory memory)
            throws ImageException {
        String name = file.toString();
        byte[] bytes;
        try {
            bytes = read(file, name, options, memory);
        } catch (ImageException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw unreadable(name, "there is no such file", e);
        } catch (AccessDeniedException e) {
            throw unreadable(name, "reading it is not permitted", e);
        } catch (FileSystemException e) {
            // Its message begins with the path, which ours does already.
            String reason = e.getReason() == null ? "" : e.getReason();
            boolean circle = reason.startsWith("Too many levels of symbolic links");
            throw unreadable(
                    name,
                    circle ? "its links lead in a circle" : "cannot be read (" + reason + ")",
                    e);
        } catch (IOException e) {
            throwIfInterrupted(name);
            throw unreadable(name, "cannot be read (" + reason(e) + ")", e);
        } catch (OutOfMemoryError e) {
            throw new ImageSource(name, new byte[0]).tooLarge("does not fit into memory", e);
        }
        return decode(bytes, name, options, memory);
    }

    /**
     * Decodes a file that is in memory.
     *
     * @param bytes the file
     * @param name what messages call it
     * @param options limits and choices
     * @return {@code [height, width, 3]}
     * @throws ImageException if there is no image to be had from the bytes
     * @throws CancellationException if the thread was interrupted; it still is
     */
    public static RgbImage decode(byte[] bytes, String name, DecodeOptions options)
            throws ImageException {
        return decode(bytes, name, options, DecodeMemory.UNBOUNDED);
    }

    private static RgbImage decode(
            byte[] bytes, String name, DecodeOptions options, DecodeMemory memory)
            throws ImageException {
        ImageSource source = new ImageSource(name, bytes);
        if (bytes.length > options.maxBytes()) {
            throw tooManyBytes(source, bytes.length, options);
        }
        ImageFormat format = formatOf(source);
        // Readers meet bytes that nobody foresaw and throw anything, errors included.
        try {
            EncodedImage image = format.open(source);
            memory.takePixels(checkedBytes(source, image, options));
            RgbImage stored = image.decode(options);
            if (options.colorProfile() == ColorProfile.CONVERT) {
                ProfileConversion.apply(stored, image.profile());
            }
            return switch (options.exifOrientation()) {
                case IGNORE -> stored;
                case APPLY -> image.orientation().apply(stored);
            };
        } catch (ImageException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw source.tooLarge("does not fit into memory as pixels", e);
        } catch (Throwable e) {
            throwIfInterrupted(name);
            throw source.corrupt("not a readable " + format + " (" + reason(e) + ")", e);
        }
    }

    private static byte[] read(Path file, String name, DecodeOptions options, DecodeMemory memory)
            throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw unreadable(name, "not a regular file", null);
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            byte[] start = fill(channel, new byte[(int) Math.min(size, START)], 0);
            ImageSource source = new ImageSource(name, start);
            formatOf(source);
            if (size > options.maxBytes()) {
                throw tooManyBytes(source, size, options);
            }
            // Of a JPEG there is a copy without the parts that its reader must not see, and another
            // one without its stuffed zeros.
            memory.takeFile(3 * size);
            byte[] bytes = new byte[(int) size];
            System.arraycopy(start, 0, bytes, 0, start.length);
            return fill(channel, bytes, start.length);
        }
    }

    /** Reads until the array is full; a file that became shorter meanwhile is a cut file. */
    private static byte[] fill(SeekableByteChannel channel, byte[] bytes, int from)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, from, bytes.length - from);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return Arrays.copyOf(bytes, buffer.position());
            }
        }
        return bytes;
    }

    private static ImageFormat formatOf(ImageSource source) throws ImageException {
        if (source.size() == 0) {
            throw source.corrupt("the file is empty", null);
        }
        return ImageFormat.of(source)
                .orElseThrow(
                        () ->
                                source.unsupported(
                                        "does not begin like an image that can be read; "
                                                + FORMATS));
    }

    /** Refuses an image that is too large; the most bytes that its pixels take, otherwise. */
    private static long checkedBytes(ImageSource source, EncodedImage image, DecodeOptions options)
            throws ImageException {
        long width = image.width();
        long height = image.height();
        String size = ImageSource.count(width) + "x" + ImageSource.count(height) + " pixels";
        if (width < 1 || height < 1) {
            throw source.corrupt("its header says " + size, null);
        }
        if (width > options.maxPixels() / height) {
            throw source.tooLarge(
                    "%s are more than the limit of %s"
                            .formatted(size, ImageSource.count(options.maxPixels())),
                    null);
        }
        if (Math.max(width, height) > MAX_EDGE) {
            throw source.tooLarge(size + ", an edge may have " + ImageSource.count(MAX_EDGE), null);
        }
        long bytes = width * height * (3L + image.workingBytesPerPixel());
        long heap = Runtime.getRuntime().maxMemory();
        if (3 * width * height > Integer.MAX_VALUE - 8 || bytes > heap / 4 * 3) {
            throw source.tooLarge(
                    "%s need about %s MB of memory, and Java may take %s MB"
                            .formatted(size, megabytes(bytes), megabytes(heap)),
                    null);
        }
        // Turning an upright image makes another one.
        boolean turns = options.exifOrientation() == ExifOrientation.APPLY;
        return turns ? bytes + 3 * width * height : bytes;
    }

    private static String megabytes(long bytes) {
        return ImageSource.count((bytes >> 20) + 1);
    }

    private static ImageException tooManyBytes(
            ImageSource source, long size, DecodeOptions options) {
        return source.tooLarge(
                "%s bytes are more than the limit of %s"
                        .formatted(ImageSource.count(size), ImageSource.count(options.maxBytes())),
                null);
    }

    private static ImageException unreadable(String name, String what, Throwable cause) {
        return new ImageException(ImageErrorCode.UNREADABLE, name + ": " + what, cause);
    }

    private static void throwIfInterrupted(String name) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(name + ": decoding was interrupted");
        }
    }

    /** One line of what a library said, and never only the name of a class. */
    private static String reason(Throwable problem) {
        String message = problem.getMessage();
        if (message == null || message.isBlank()) {
            return "its data is damaged";
        }
        String line = message.strip().lines().findFirst().orElseThrow();
        return line.length() > 200 ? line.substring(0, 200) + "..." : line;
    }
}
