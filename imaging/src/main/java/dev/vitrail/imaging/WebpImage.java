package dev.vitrail.imaging;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A WebP (RFC 9649): lossy or lossless, alpha dropped, the first frame of an animation on its black
 * canvas.
 *
 * <p>Lossless colours are read by {@link WebpLossless}, lossy ones by {@link WebpLossy}: nothing
 * but the one chunk of colours is looked at.
 */
final class WebpImage implements EncodedImage {
    private static final int FIRST_CHUNK = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;

    private final ImageSource source;
    private int width;
    private int height;

    /** Where the frame lies on the canvas. */
    private Window frame;

    /** The chunk of colours, with its header. */
    private long colours = -1;

    private long exif = -1;
    private long xmp = -1;
    private long profile = -1;

    private WebpImage(ImageSource source) {
        this.source = source;
    }

    static WebpImage open(ImageSource source) throws ImageException {
        long end = FIRST_CHUNK - 4 + source.little32(4);
        if (end > source.size()) {
            throw source.corrupt(
                    "WebP ends after %s of %s bytes"
                            .formatted(ImageSource.count(source.size()), ImageSource.count(end)),
                    null);
        }
        WebpImage image = new WebpImage(source);
        image.readChunks(FIRST_CHUNK, end);
        if (image.colours < 0) {
            throw source.corrupt("WebP without a picture", null);
        }
        image.readColourHeader();
        return image;
    }

    private void readChunks(long start, long end) throws ImageException {
        for (long at = start; at + CHUNK_HEADER <= end; ) {
            long length = source.little32(at + 4);
            long content = at + CHUNK_HEADER;
            if (source.has(at, "VP8X")) {
                width = little24(content + 4) + 1;
                height = little24(content + 7) + 1;
            } else if (source.has(at, "EXIF")) {
                exif = at;
            } else if (source.has(at, "XMP ")) {
                xmp = at;
            } else if (source.has(at, "ICCP")) {
                profile = at;
            } else if (colours < 0 && (source.has(at, "VP8 ") || source.has(at, "VP8L"))) {
                colours = at;
            } else if (colours < 0 && frame == null && source.has(at, "ANMF")) {
                frame =
                        new Window(
                                2 * little24(content),
                                2 * little24(content + 3),
                                little24(content + 6) + 1,
                                little24(content + 9) + 1);
                readChunks(content + FRAME_HEADER, Math.min(end, content + length));
            }
            at = content + length + (length & 1);
        }
    }

    /** The size is told once more, where the decoder reads it: that one decides about memory. */
    private void readColourHeader() throws ImageException {
        long content = colours + CHUNK_HEADER;
        int columns;
        int rows;
        if (isLossless()) {
            long bits = source.little32(content + 1);
            columns = (int) (bits & 0x3FFF) + 1;
            rows = (int) (bits >> 14 & 0x3FFF) + 1;
        } else {
            columns = source.little16(content + 6) & 0x3FFF;
            rows = source.little16(content + 8) & 0x3FFF;
        }
        if (frame == null) {
            frame = new Window(0, 0, columns, rows);
            width = columns;
            height = rows;
        }
        boolean fits =
                frame.width() == columns
                        && frame.height() == rows
                        && frame.equals(frame.intersect(width, height));
        if (!fits) {
            throw source.corrupt("the sizes in its WebP headers contradict each other", null);
        }
    }

    private int little24(long at) throws ImageException {
        return source.little16(at) | source.at(at + 2) << 16;
    }

    @Override
    public long width() {
        return width;
    }

    @Override
    public long height() {
        return height;
    }

    @Override
    public int workingBytesPerPixel() {
        return isLossless() ? 8 : 4;
    }

    private boolean isLossless() {
        return source.has(colours, "VP8L");
    }

    @Override
    public Orientation orientation() throws ImageException {
        if (exif >= 0) {
            long start = exif + CHUNK_HEADER;
            long end = endOf(exif);
            if (source.has(start, "Exif\0\0")) {
                start += 6; // some writers copy the marker of JPEG
            }
            int length = (int) Math.max(0, end - start);
            Optional<Orientation> said = TiffDirectory.orientation(source, (int) start, length);
            if (said.isPresent()) {
                return said.get();
            }
        }
        return xmp < 0
                ? Orientation.UPRIGHT
                : XmpPacket.orientation(
                        source, xmp + CHUNK_HEADER, endOf(xmp) - xmp - CHUNK_HEADER);
    }

    /** Where a chunk's content ends, that may be cut off. */
    private long endOf(long chunk) throws ImageException {
        return Math.min(chunk + CHUNK_HEADER + source.little32(chunk + 4), source.size());
    }

    @Override
    public byte[] profile() throws ImageException {
        if (profile < 0) {
            return new byte[0];
        }
        long start = profile + CHUNK_HEADER;
        return Arrays.copyOfRange(source.bytes(), (int) start, (int) endOf(profile));
    }

    @Override
    public RgbImage decode(DecodeOptions options) throws IOException {
        long length = source.little32(colours + 4);
        long end = colours + CHUNK_HEADER + length;
        if (end > source.size()) {
            throw source.corrupt(
                    "WebP ends after %s bytes, within a chunk that ends at %s"
                            .formatted(ImageSource.count(source.size()), ImageSource.count(end)),
                    null);
        }
        int content = (int) colours + CHUNK_HEADER;
        RgbImage picture =
                isLossless()
                        ? WebpLossless.decode(source, content, (int) end)
                        : WebpLossy.decode(source, content, (int) end);
        return picture.crop(new Window(-frame.x(), -frame.y(), width, height));
    }
}
