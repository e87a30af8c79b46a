package dev.vitrail.imaging;

import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The samples of a TIFF, put together from its strips or tiles (TIFF 6.0, sections 3, 14 and 15):
 * stored plainly, or compressed as LZW, deflate, PackBits or JPEG.
 *
 * <p>There is this beside Java's reader because that one fills what a cut strip lacks without a
 * word, mixes the colours of JPEGs by their markers and not by the directory, reads subsampled
 * colour of odd edges wrongly, and knows no differences of 16 bits.
 */
final class TiffStrips {
    static final long PLAIN = 1;
    static final long LZW = 5;
    static final long JPEG = 7;
    static final long DEFLATE = 8;
    static final long OLD_DEFLATE = 32946;
    static final long PACK_BITS = 32773;

    private static final long DIFFERENCES = 2;
    private static final long REVERSED = 2;

    private final ImageSource source;
    private final TiffDirectory directory;
    private final long compression;
    private final boolean differences;
    private final boolean reversed;
    private final boolean tiled;
    private final boolean planar;
    private final int width;
    private final int height;
    private final int bits;
    private final int samples;
    private final int pieceWidth;
    private final int pieceHeight;

    /** One of these is filled, {@code [height, width, samples]}. */
    private final byte[] bytes;

    private final short[] shorts;

    private TiffStrips(ImageSource source, TiffDirectory directory, int width, int height)
            throws ImageException {
        this.source = source;
        this.directory = directory;
        this.width = width;
        this.height = height;
        this.bits = (int) directory.value(TiffDirectory.BITS_PER_SAMPLE).orElse(1);
        this.samples = (int) directory.value(TiffDirectory.SAMPLES_PER_PIXEL).orElse(1);
        this.compression = directory.value(TiffDirectory.COMPRESSION).orElse(PLAIN);
        this.planar = samples > 1 && directory.value(TiffDirectory.PLANES).orElse(1) == 2;
        this.reversed = directory.value(TiffDirectory.FILL_ORDER).orElse(1) == REVERSED;
        boolean predicts = compression != PLAIN && compression != PACK_BITS && compression != JPEG;
        this.differences =
                predicts && directory.value(TiffDirectory.PREDICTOR).orElse(1) == DIFFERENCES;
        this.tiled = directory.value(TiffDirectory.TILE_WIDTH).isPresent();
        this.pieceWidth = tiled ? edge(TiffDirectory.TILE_WIDTH, width) : width;
        this.pieceHeight =
                tiled
                        ? edge(TiffDirectory.TILE_LENGTH, height)
                        : Math.min(height, edge(TiffDirectory.ROWS_PER_STRIP, height));
        long size = (long) width * height * samples;
        if (size > Integer.MAX_VALUE - 8) {
            throw source.tooLarge(ImageSource.count(size) + " samples are more than fit", null);
        }
        this.bytes = bits > 8 ? null : new byte[(int) size];
        this.shorts = bits > 8 ? new short[(int) size] : null;
    }

    /**
     * Reads all samples as they are stored.
     *
     * @return {@code [height, width]} with as many bands as there are samples
     */
    static Raster read(ImageSource source, TiffDirectory directory, Size size) throws IOException {
        TiffStrips strips = new TiffStrips(source, directory, size.width(), size.height());
        strips.readAll();
        return strips.raster();
    }

    /**
     * Reads YCbCr that is not compressed as JPEG, whose colour differences are shared by blocks.
     *
     * @param across the width of a block
     * @param down its height
     * @return {@code [pixels, 3]}, still YCbCr
     */
    static byte[] readBlocks(
            ImageSource source, TiffDirectory directory, Size size, int across, int down)
            throws IOException {
        TiffStrips strips = new TiffStrips(source, directory, size.width(), size.height());
        strips.readBlocks(across, down);
        return strips.bytes;
    }

    private int edge(int tag, int otherwise) throws ImageException {
        long edge = directory.value(tag).orElse(otherwise);
        if (edge < 1) {
            throw source.corrupt("TIFF with strips or tiles that have no pixels", null);
        }
        return (int) Math.min(edge, Integer.MAX_VALUE);
    }

    private void readAll() throws IOException {
        int planes = planar ? samples : 1;
        int index = 0;
        for (int plane = 0; plane < planes; plane++) {
            for (int y = 0; y < height; y += pieceHeight) {
                for (int x = 0; x < width; x += pieceWidth) {
                    if (compression == JPEG) {
                        readJpeg(index++, plane, x, y);
                    } else {
                        readPiece(index++, plane, x, y);
                    }
                }
                if (y > height - pieceHeight) {
                    break; // the next sum may be no int
                }
            }
        }
    }

    private void readPiece(int index, int plane, int x, int y) throws IOException {
        int together = planar ? 1 : samples;
        int rows = Math.min(pieceHeight, height - y);
        int columns = Math.min(pieceWidth, width - x);
        long rowBytes = ((long) pieceWidth * together * bits + 7) / 8;
        byte[] piece = decompressed(index, rowBytes * rows);
        for (int row = 0; row < rows; row++) {
            int from = (int) (row * rowBytes);
            if (differences) {
                sumUp(piece, from, together);
            }
            int to = ((y + row) * width + x) * samples + plane;
            for (int i = 0; i < columns * together; i++) {
                store(to, sample(piece, from, i));
                to += planar ? samples : 1;
            }
        }
    }

    private void store(int at, int sample) {
        if (bytes != null) {
            bytes[at] = (byte) sample;
        } else {
            shorts[at] = (short) sample;
        }
    }

    private int sample(byte[] piece, int from, int index) {
        if (bits == 8) {
            return piece[from + index];
        }
        if (bits == 16) {
            return pair(piece, from + 2 * index);
        }
        int value = 0;
        long bit = (long) index * bits;
        for (int i = 0; i < bits; i++, bit++) {
            value = value << 1 | piece[from + (int) (bit >> 3)] >> (7 - (bit & 7)) & 1;
        }
        return value;
    }

    private int pair(byte[] piece, int at) {
        int first = piece[at] & 0xFF;
        int second = piece[at + 1] & 0xFF;
        return directory.isLittleEndian() ? first | second << 8 : first << 8 | second;
    }

    /** Each sample was stored as its difference from the pixel before (TIFF 6.0, section 14). */
    private void sumUp(byte[] piece, int from, int together) {
        int count = pieceWidth * together;
        if (bits == 8) {
            for (int i = together; i < count; i++) {
                piece[from + i] += piece[from + i - together];
            }
            return;
        }
        boolean little = directory.isLittleEndian();
        for (int i = together; i < count; i++) {
            int at = from + 2 * i;
            int value = pair(piece, at) + pair(piece, at - 2 * together);
            piece[at] = (byte) (little ? value : value >> 8);
            piece[at + 1] = (byte) (little ? value >> 8 : value);
        }
    }

    /** The blocks of section 21: all lumas of a block, then its two colour differences. */
    private void readBlocks(int across, int down) throws IOException {
        int index = 0;
        for (int y = 0; y < height; y += pieceHeight) {
            for (int x = 0; x < width; x += pieceWidth) {
                int rows = Math.min(pieceHeight, height - y);
                long blocksWide = (pieceWidth + across - 1) / across;
                long blocksHigh = (rows + down - 1) / down;
                int block = across * down + 2;
                byte[] piece = decompressed(index++, blocksWide * blocksHigh * block);
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < Math.min(pieceWidth, width - x); column++) {
                        int at = (int) (row / down * blocksWide + column / across) * block;
                        int to = ((y + row) * width + x + column) * 3;
                        bytes[to] = piece[at + row % down * across + column % across];
                        bytes[to + 1] = piece[at + block - 2];
                        bytes[to + 2] = piece[at + block - 1];
                    }
                }
            }
            if (y > height - pieceHeight) {
                break;
            }
        }
    }

    private byte[] decompressed(int index, long needed) throws IOException {
        ImageSource.throwIfInterrupted();
        if (needed > Integer.MAX_VALUE - 8) {
            throw source.tooLarge("a strip of " + ImageSource.count(needed) + " bytes", null);
        }
        byte[] stored = stored(index, needed);
        if (reversed) {
            for (int i = 0; i < stored.length; i++) {
                stored[i] = (byte) (Integer.reverse(stored[i]) >>> 24);
            }
        }
        byte[] piece = new byte[(int) needed];
        int length = TiffCompression.undo(source, compression, stored, piece);
        if (length < needed) {
            throw source.corrupt(
                    "TIFF whose %s %d has %s of %s bytes"
                            .formatted(
                                    tiled ? "tile" : "strip",
                                    index,
                                    ImageSource.count(length),
                                    ImageSource.count(needed)),
                    null);
        }
        return piece;
    }

    /** A strip or tile as it lies in the file. */
    private byte[] stored(int index, long needed) throws ImageException {
        int offsets = tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS;
        int counts = tiled ? TiffDirectory.TILE_BYTE_COUNTS : TiffDirectory.STRIP_BYTE_COUNTS;
        if (directory.value(offsets, index).isEmpty()) {
            throw source.corrupt(
                    "TIFF without its %s %d".formatted(tiled ? "tile" : "strip", index), null);
        }
        long offset = directory.value(offsets, index).getAsLong();
        long rest = source.size() - offset;
        long count = directory.value(counts, index).orElse(0);
        if (count == 0) { // some writers do not tell
            count = compression == PLAIN ? Math.min(needed, rest) : rest;
        }
        if (count < 0 || count > rest) {
            throw source.corrupt(
                    "TIFF ends after %s bytes, within a strip or tile that ends at %s"
                            .formatted(
                                    ImageSource.count(source.size()),
                                    ImageSource.count(offset + count)),
                    null);
        }
        return Arrays.copyOfRange(source.bytes(), (int) offset, (int) (offset + count));
    }

    /** Components as they are: the directory tells their colours, not the JPEG's own markers. */
    private void readJpeg(int index, int plane, int x, int y) throws IOException {
        int together = planar ? 1 : samples;
        MemoryStream stream = new MemoryStream(wholeJpeg(stored(index, 0)));
        Raster raster = JdkReader.readRaster(ImageFormat.JPEG, stream);
        int rows = Math.min(pieceHeight, height - y);
        int columns = Math.min(pieceWidth, width - x);
        boolean fits =
                raster.getNumBands() == together
                        && raster.getWidth() >= columns
                        && raster.getHeight() >= rows
                        && raster.getDataBuffer() instanceof DataBufferByte buffer
                        && buffer.getData().length
                                == (long) raster.getWidth() * raster.getHeight() * together;
        if (!fits || stream.wasExhausted()) {
            throw source.corrupt(
                    "TIFF whose JPEG %d %s"
                            .formatted(index, fits ? "ends early" : "is of another size or kind"),
                    null);
        }
        byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
        for (int row = 0; row < rows; row++) {
            int from = row * raster.getWidth() * together;
            int to = ((y + row) * width + x) * samples + plane;
            if (!planar) {
                System.arraycopy(data, from, bytes, to, columns * together);
                continue;
            }
            for (int i = 0; i < columns; i++) {
                bytes[to + i * samples] = data[from + i];
            }
        }
    }

    /**
     * A stream with the tables that all strips share, and without application segments: the marker
     * of Adobe would make the reader convert.
     */
    private byte[] wholeJpeg(byte[] strip) throws ImageException {
        byte[] tables = directory.bytes(TiffDirectory.JPEG_TABLES);
        ByteArrayOutputStream whole = new ByteArrayOutputStream(strip.length + tables.length);
        whole.write(0xFF);
        whole.write(0xD8);
        if (tables.length > 4) {
            copySegments(tables, whole);
        }
        copySegments(strip, whole);
        return whole.toByteArray();
    }

    /** All segments up to the scan, and the rest as it is; or up to the end of mere tables. */
    private void copySegments(byte[] jpeg, ByteArrayOutputStream target) throws ImageException {
        ImageSource part = new ImageSource(source.name(), jpeg);
        int at = 2;
        while (part.at(at) == 0xFF && part.at(at + 1) != 0xD9) {
            int marker = part.at(at + 1);
            if (marker == 0xFF) {
                at++;
                continue;
            }
            if (marker == 0xDA) {
                target.write(jpeg, at, jpeg.length - at);
                return;
            }
            int end = at + 2 + part.big16(at + 2);
            part.at(end - 1L);
            if (marker < 0xE0) {
                target.write(jpeg, at, end - at);
            }
            at = end;
        }
    }

    private Raster raster() {
        int[] offsets = new int[samples];
        Arrays.setAll(offsets, band -> band);
        return bytes != null
                ? Raster.createInterleavedRaster(
                        new DataBufferByte(bytes, bytes.length),
                        width,
                        height,
                        width * samples,
                        samples,
                        offsets,
                        null)
                : Raster.createInterleavedRaster(
                        new DataBufferUShort(shorts, shorts.length),
                        width,
                        height,
                        width * samples,
                        samples,
                        offsets,
                        null);
    }
}
