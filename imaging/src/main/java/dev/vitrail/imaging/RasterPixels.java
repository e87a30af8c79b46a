package dev.vitrail.imaging;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * From a reader's raster to RGB bytes as Pillow's {@code convert("RGB")} gives them: values as
 * stored, whatever colour space the reader attached to them, and alpha dropped, not blended.
 */
final class RasterPixels {
    private RasterPixels() {}

    /**
     * The image as RGB.
     *
     * @throws ImageException where the kind of pixels is not known here
     */
    static RgbImage toRgb(ImageSource source, BufferedImage image) throws ImageException {
        ColorModel model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            int[] colours = new int[palette.getMapSize()];
            palette.getRGBs(colours);
            return fromPalette(image.getRaster(), colours);
        }
        int type = image.getRaster().getTransferType();
        boolean whole = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT;
        if (model instanceof DirectColorModel || whole) {
            switch (model.getColorSpace().getType()) {
                case ColorSpace.TYPE_GRAY:
                    return fromGray(image.getRaster(), model.getComponentSize(0));
                case ColorSpace.TYPE_RGB:
                    return fromRgb(image.getRaster(), model.getComponentSize());
                default:
                    break;
            }
        }
        throw source.unsupported("pixels of this kind (" + kind(image) + ") are not read");
    }

    private static String kind(BufferedImage image) {
        return image.getRaster().getNumBands()
                + " channels of "
                + image.getColorModel().getComponentSize(0)
                + " bits";
    }

    /**
     * Indices looked up.
     *
     * @param colours the palette, 0xRRGGBB each
     */
    static RgbImage fromPalette(Raster raster, int[] colours) {
        byte[] pixels = new byte[3 * raster.getWidth() * raster.getHeight()];
        int[] row = new int[raster.getWidth()];
        for (int y = 0, at = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
            for (int index : row) {
                // An index beyond the palette is the file's fault; Pillow shows black as well.
                int colour = index < colours.length ? colours[index] : 0;
                pixels[at++] = (byte) (colour >> 16);
                pixels[at++] = (byte) (colour >> 8);
                pixels[at++] = (byte) colour;
            }
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), pixels);
    }

    /**
     * Gray of up to 16 bits. Sixteen bits are scaled to eight, rounded: Pillow would clip them to
     * white, which is a known flaw and not imitated. Beside alpha they lose their lower half, as in
     * Pillow.
     */
    static RgbImage fromGray(Raster raster, int bits) {
        byte[] table = new byte[1 << bits];
        int most = table.length - 1;
        boolean halved = bits == 16 && raster.getNumBands() > 1;
        for (int value = 0; value < table.length; value++) {
            table[value] = (byte) (halved ? value >> 8 : (value * 255 + most / 2) / most);
        }
        byte[] pixels = new byte[3 * raster.getWidth() * raster.getHeight()];
        int[] row = new int[raster.getWidth()];
        for (int y = 0, at = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
            for (int value : row) {
                byte gray = table[value];
                pixels[at++] = gray;
                pixels[at++] = gray;
                pixels[at++] = gray;
            }
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), pixels);
    }

    /** Sixteen bits lose their lower half and fewer than eight are scaled and truncated: Pillow. */
    static RgbImage fromRgb(Raster raster, int[] bits) {
        byte[] pixels = new byte[3 * raster.getWidth() * raster.getHeight()];
        int[] row = new int[raster.getWidth()];
        for (int channel = 0; channel < 3; channel++) {
            int depth = bits[channel];
            int most = (1 << depth) - 1;
            int at = channel;
            for (int y = 0; y < raster.getHeight(); y++) {
                raster.getSamples(
                        raster.getMinX(), raster.getMinY() + y, row.length, 1, channel, row);
                for (int value : row) {
                    int scaled = depth > 8 ? value >> (depth - 8) : value * 255 / most;
                    pixels[at] = (byte) scaled;
                    at += 3;
                }
            }
        }
        return new RgbImage(raster.getWidth(), raster.getHeight(), pixels);
    }

    /**
     * Inks mixed by Pillow's formula; of sixteen bits the lower half is lost.
     *
     * @param raster cyan, magenta, yellow and black, and maybe more
     */
    static RgbImage fromCmyk(Raster raster, int bits) {
        int width = raster.getWidth();
        byte[] inverted = new byte[4 * width * raster.getHeight()];
        int[] row = new int[width];
        for (int ink = 0; ink < 4; ink++) {
            int at = ink;
            for (int y = 0; y < raster.getHeight(); y++) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, ink, row);
                for (int value : row) {
                    inverted[at] = (byte) ~(value >> (bits - 8));
                    at += 4;
                }
            }
        }
        return new RgbImage(
                width, raster.getHeight(), JpegColours.toRgb(inverted, JpegColours.CMYK));
    }

    /**
     * Colours that were multiplied by their alpha get their own strength back, truncated: Pillow.
     */
    static RgbImage divided(RgbImage multiplied, Raster raster, int bits) {
        byte[] pixels = multiplied.pixels().clone();
        int shift = bits - 8;
        int[] row = new int[raster.getWidth()];
        for (int y = 0, at = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 3, row);
            for (int value : row) {
                int alpha = value >> shift;
                for (int end = at + 3; at < end; at++) {
                    int colour = pixels[at] & 0xFF;
                    pixels[at] = (byte) (alpha == 0 ? 0 : Math.min(255, colour * 255 / alpha));
                }
            }
        }
        return new RgbImage(multiplied.width(), multiplied.height(), pixels);
    }
}
