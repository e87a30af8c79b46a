package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;

/**
 * The first frame of a GIF (GIF89a specification) on its logical screen. The screen around a
 * smaller frame has the transparent colour, or the palette's first where there is none, as in
 * Pillow.
 */
final class GifImage implements EncodedImage {
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2C;
    private static final int GRAPHIC_CONTROL = 0xF9;

    private final ImageSource source;
    private final int width;
    private final int height;
    private Window frame;
    private int palette;
    private int paletteSize;
    private int background;

    private GifImage(ImageSource source) throws ImageException {
        this.source = source;
        long at = 13 + globalPalette();
        while (source.at(at) == EXTENSION) {
            if (source.at(at + 1) == GRAPHIC_CONTROL && (source.at(at + 3) & 1) == 1) {
                background = source.at(at + 6);
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
        if ((flags & 0x80) != 0) {
            palette = (int) at + 10;
            paletteSize = 2 << (flags & 7);
        }
        // A frame that reaches beyond the screen enlarges it.
        width = Math.max(source.little16(6), frame.x() + frame.width());
        height = Math.max(source.little16(8), frame.y() + frame.height());
    }

    private int globalPalette() throws ImageException {
        int flags = source.at(10);
        if ((flags & 0x80) == 0) {
            return 0;
        }
        palette = 13;
        paletteSize = 2 << (flags & 7);
        return 3 * paletteSize;
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
    public RgbImage decode(boolean acceptTruncated) throws IOException {
        MemoryStream stream = new MemoryStream(source.bytes());
        BufferedImage decoded = JdkReader.read(ImageFormat.GIF, stream);
        RgbImage picture = RasterPixels.toRgb(source, decoded);
        if (picture.width() == width && picture.height() == height) {
            return picture;
        }
        byte[] screen = new byte[3 * width * height];
        fillBackground(screen);
        for (int y = 0; y < picture.height(); y++) {
            System.arraycopy(
                    picture.pixels(),
                    3 * y * picture.width(),
                    screen,
                    3 * ((frame.y() + y) * width + frame.x()),
                    3 * picture.width());
        }
        return new RgbImage(width, height, screen);
    }

    private void fillBackground(byte[] screen) throws ImageException {
        byte[] colour = {(byte) background, (byte) background, (byte) background};
        if (paletteSize > 0) {
            int at = palette + 3 * background;
            boolean known = background < paletteSize && at + 3 <= source.size();
            colour = known ? Arrays.copyOfRange(source.bytes(), at, at + 3) : new byte[3];
        }
        for (int i = 0; i < screen.length; i++) {
            screen[i] = colour[i % 3];
        }
    }
}
