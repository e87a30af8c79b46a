package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first frame of a GIF (GIF89a specification) on its logical screen. The screen around a
 * smaller frame has the transparent colour, or the palette's first where there is none, as in
 * Pillow.
 *
 * <p>Java's reader only undoes the compression: it is given the frame alone, with a palette of 256
 * grays, and so gives indices. Whose colour an index has is decided here as Pillow decides it.
 */
final class GifImage implements EncodedImage {
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2C;
    private static final int GRAPHIC_CONTROL = 0xF9;
    private static final int HAS_PALETTE = 0x80;
    private static final int INTERLACED = 0x40;

    private final ImageSource source;
    private final int width;
    private final int height;
    private final Window frame;
    private final boolean interlaced;

    /** The index around the frame. */
    private final int background;

    /** 0xRRGGBB by index. */
    private final int[] colours;

    /** Where the frame's compressed indices begin. */
    private final long data;

    private GifImage(ImageSource source) throws ImageException {
        this.source = source;
        int[] shared = palette(source.at(10), 13);
        int transparent = 0;
        long at = 13 + paletteBytes(source.at(10));
        while (source.at(at) == EXTENSION) {
            if (source.at(at + 1) == GRAPHIC_CONTROL && (source.at(at + 3) & 1) == 1) {
                transparent = source.at(at + 6);
            }
            for (at += 2; source.at(at) != 0; ) {
                at += 1 + source.at(at);
            }
            at++;
        }
        if (source.at(at) != IMAGE) {
            throw source.corrupt("GIF without a frame", null);
        }
        frame =
                new Window(
                        source.little16(at + 1),
                        source.little16(at + 3),
                        source.little16(at + 5),
                        source.little16(at + 7));
        int flags = source.at(at + 9);
        interlaced = (flags & INTERLACED) != 0;
        background = transparent;
        int[] own = palette(flags, at + 10);
        // A palette that is no change of gray counts as none, and then the shared one applies.
        colours = own != null ? own : shared != null ? shared : grays();
        data = at + 10 + paletteBytes(flags);
        // A frame that reaches beyond the screen enlarges it.
        width = Math.max(source.little16(6), frame.x() + frame.width());
        height = Math.max(source.little16(8), frame.y() + frame.height());
    }

    private static int paletteBytes(int flags) {
        return (flags & HAS_PALETTE) == 0 ? 0 : 3 * (2 << (flags & 7));
    }

    /** Null where there is none, or where it gives every index its own gray. */
    private int[] palette(int flags, long start) throws ImageException {
        int[] palette = new int[256]; // an index beyond the entries is black
        boolean needed = false;
        for (int i = 0; 3 * i < paletteBytes(flags); i++) {
            long at = start + 3 * i;
            palette[i] = source.at(at) << 16 | source.at(at + 1) << 8 | source.at(at + 2);
            needed |= palette[i] != i * 0x010101;
        }
        return needed ? palette : null;
    }

    private static int[] grays() {
        int[] grays = new int[256];
        Arrays.setAll(grays, i -> i * 0x010101);
        return grays;
    }

    static GifImage open(ImageSource source) throws ImageException {
        return new GifImage(source);
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
        return 4;
    }

    @Override
    public Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    @Override
    public RgbImage decode(DecodeOptions options) throws IOException {
        MemoryStream stream = new MemoryStream(simpleFile());
        BufferedImage decoded = JdkReader.read(ImageFormat.GIF, stream);
        RgbImage picture = RasterPixels.fromPalette(decoded.getRaster(), colours);
        int around = colours[background];
        byte[] padding = {(byte) (around >> 16), (byte) (around >> 8), (byte) around};
        return picture.crop(new Window(-frame.x(), -frame.y(), width, height), padding);
    }

    private byte[] simpleFile() {
        ByteArrayOutputStream file = new ByteArrayOutputStream(source.size() + 1024);
        file.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        writeSize(file);
        file.writeBytes(new byte[] {(byte) (HAS_PALETTE | 7), 0, 0});
        for (int gray : grays()) {
            file.writeBytes(new byte[] {(byte) gray, (byte) gray, (byte) gray});
        }
        file.write(IMAGE);
        file.writeBytes(new byte[4]);
        writeSize(file);
        file.write(interlaced ? INTERLACED : 0);
        file.write(source.bytes(), (int) data, (int) (source.size() - data));
        return file.toByteArray();
    }

    private void writeSize(ByteArrayOutputStream file) {
        for (int edge : new int[] {frame.width(), frame.height()}) {
            file.write(edge);
            file.write(edge >> 8);
        }
    }
}
