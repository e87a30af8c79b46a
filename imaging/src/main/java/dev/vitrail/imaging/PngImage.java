package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * A PNG (W3C PNG, third edition): every bit depth and colour type, interlaced or not.
 *
 * <p>Java's reader is given the critical chunks alone. Text that inflates without end, profiles,
 * gamma, animation and transparency never reach it, and none of them would change the pixels here:
 * alpha is dropped, colours are taken as stored.
 */
final class PngImage implements EncodedImage {
    static final String SIGNATURE = "\u0089PNG\r\n\u001A\n";

    private static final int PALETTE = 3; // the colour type

    private static final int CHUNK_FRAME = 12; // length, type, checksum

    private final ImageSource source;
    private final long width;
    private final long height;
    private final int bytesPerPixel;
    private final boolean hasPalette;

    private PngImage(ImageSource source, int header) throws ImageException {
        this.source = source;
        this.width = source.big32(header);
        this.height = source.big32(header + 4);
        int samples =
                switch (source.at(header + 9)) {
                    case 0, 3 -> 1;
                    case 4 -> 2;
                    case 2 -> 3;
                    default -> 4;
                };
        this.hasPalette = source.at(header + 9) == PALETTE;
        this.bytesPerPixel = samples * (source.at(header + 8) > 8 ? 2 : 1);
    }

    static PngImage open(ImageSource source) throws ImageException {
        int header = SIGNATURE.length() + 8;
        if (!source.has(header - 4, "IHDR")) {
            throw source.corrupt("a PNG begins with its IHDR chunk, this one does not", null);
        }
        return new PngImage(source, header);
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
        return bytesPerPixel;
    }

    @Override
    public Orientation orientation() throws ImageException {
        long at = chunk("eXIf");
        Optional<Orientation> exif = Optional.empty();
        if (at >= 0) {
            int marker = source.has(at + 8, "Exif\0\0") ? 6 : 0; // some writers copy that of JPEG
            int length = (int) source.big32(at) - marker;
            exif = TiffDirectory.orientation(source, (int) at + 8 + marker, length);
        }
        long text = chunk("iTXt" + XmpPacket.PNG_KEYWORD);
        return exif.isPresent() || text < 0
                ? exif.orElse(Orientation.UPRIGHT)
                : XmpPacket.ofPngText(source, text + 8, source.big32(text));
    }

    /** A name of up to 79 bytes, a zero, the number of the compression, and the compressed rest. */
    @Override
    public byte[] profile() throws ImageException {
        long at = chunk("iCCP");
        if (at < 0) {
            return new byte[0];
        }
        int start = (int) at + 8;
        int end = start + (int) source.big32(at);
        while (start < end && source.at(start) != 0) {
            start++;
        }
        start = Math.min(start + 2, end);
        ByteArrayInputStream packed = new ByteArrayInputStream(source.bytes(), start, end - start);
        try (InflaterInputStream inflated = new InflaterInputStream(packed)) {
            return inflated.readNBytes(ProfileConversion.MAX_BYTES + 1);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /**
     * Where a chunk begins, with its length; -1 where there is none that is whole.
     *
     * @param type its type, and what else it must begin with
     */
    private long chunk(String type) throws ImageException {
        for (long at = SIGNATURE.length(); at + CHUNK_FRAME <= source.size(); ) {
            long end = at + CHUNK_FRAME + source.big32(at);
            if (source.has(at + 4, type) && end <= source.size()) {
                return at;
            }
            at = end;
        }
        return -1;
    }

    @Override
    public RgbImage decode(DecodeOptions options) throws IOException {
        MemoryStream stream = new MemoryStream(criticalChunks());
        BufferedImage decoded = JdkReader.read(ImageFormat.PNG, stream);
        return hasPalette
                ? RasterPixels.fromPalette(decoded.getRaster(), palette())
                : RasterPixels.toRgb(source, decoded);
    }

    /** As long as it is in the file: Java's reader repeats the last colour of a short one. */
    private int[] palette() throws ImageException {
        long at = chunk("PLTE");
        int[] colours = new int[at < 0 ? 0 : (int) source.big32(at) / 3];
        for (int i = 0; i < colours.length; i++) {
            long entry = at + 8 + 3L * i;
            colours[i] = source.at(entry) << 16 | source.at(entry + 1) << 8 | source.at(entry + 2);
        }
        return colours;
    }

    private byte[] criticalChunks() throws ImageException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(source.size());
        kept.write(source.bytes(), 0, SIGNATURE.length());
        long at = SIGNATURE.length();
        while (at < source.size() && !source.has(at + 4, "IEND")) {
            long length = source.big32(at);
            long end = at + CHUNK_FRAME + length;
            boolean critical = source.at(at + 4) < 'a';
            if (end > source.size()) {
                throw source.corrupt(
                        "PNG ends after %s bytes, within a chunk that ends at %s"
                                .formatted(
                                        ImageSource.count(source.size()), ImageSource.count(end)),
                        null);
            }
            if (critical) {
                kept.write(source.bytes(), (int) at, (int) (end - at));
            }
            at = end;
        }
        byte[] end = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82};
        kept.write(end, 0, end.length);
        return kept.toByteArray();
    }
}
