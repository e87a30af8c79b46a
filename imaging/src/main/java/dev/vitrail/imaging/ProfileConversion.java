package dev.vitrail.imaging;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.InterruptedIOException;
import java.util.Arrays;

/**
 * From a file's colours to sRGB by the colour management of Java, which is Little CMS as in Pillow.
 *
 * <p>RGB profiles are applied to whatever became RGB, gray ones to gray images alone. Inks have
 * been mixed by Pillow's formula before and keep what that gives.
 */
final class ProfileConversion {
    /** The largest table-based RGB profiles in use have about 2 MiB. */
    static final int MAX_BYTES = 4 << 20;

    /** Rows at a time, so that besides the image a strip is all the memory it takes. */
    private static final int STRIP = 64;

    private static final int CHANNELS = 3;

    private final ColorConvertOp conversion;

    private ProfileConversion(ICC_Profile profile) {
        ICC_Profile[] both = {profile, ICC_Profile.getInstance(ColorSpace.CS_sRGB)};
        this.conversion = new ColorConvertOp(both, null);
    }

    /**
     * Converts in place.
     *
     * @param image as decoded; nobody else may have it yet
     * @param profile the file's profile, empty where it has none
     */
    static void apply(RgbImage image, byte[] profile) throws InterruptedIOException {
        if (profile.length == 0 || profile.length > MAX_BYTES) {
            return;
        }
        try {
            ICC_Profile read = ICC_Profile.getInstance(profile);
            ProfileConversion conversion = new ProfileConversion(read);
            switch (read.getColorSpaceType()) {
                case ColorSpace.TYPE_RGB -> conversion.convertRgb(image);
                case ColorSpace.TYPE_GRAY -> conversion.convertGray(image);
                default -> {
                    // CMYK, Lab and others: not what the pixels are.
                }
            }
        } catch (RuntimeException e) {
            // A damaged profile is found out, in one way or another, before pixels are converted.
        }
    }

    private void convertRgb(RgbImage image) throws InterruptedIOException {
        byte[] pixels = image.pixels();
        int row = CHANNELS * image.width();
        for (int y = 0; y < image.height(); y += STRIP) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("colour conversion was interrupted");
            }
            int end = row * Math.min(y + STRIP, image.height());
            byte[] strip = Arrays.copyOfRange(pixels, row * y, end);
            byte[] converted = converted(strip, image.width(), CHANNELS);
            System.arraycopy(converted, 0, pixels, row * y, converted.length);
        }
    }

    private void convertGray(RgbImage image) {
        byte[] pixels = image.pixels();
        for (int i = 0; i < pixels.length; i += CHANNELS) {
            if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2]) {
                return;
            }
        }
        byte[] levels = new byte[256];
        for (int level = 0; level < levels.length; level++) {
            levels[level] = (byte) level;
        }
        byte[] table = converted(levels, levels.length, 1);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = table[CHANNELS * (pixels[i] & 0xFF) + i % CHANNELS];
        }
    }

    private byte[] converted(byte[] pixels, int width, int channels) {
        int height = pixels.length / (channels * width);
        byte[] result = new byte[CHANNELS * width * height];
        conversion.filter(
                raster(pixels, width, height, channels), raster(result, width, height, CHANNELS));
        return result;
    }

    private static WritableRaster raster(byte[] pixels, int width, int height, int channels) {
        int[] offsets = channels == 1 ? new int[] {0} : new int[] {0, 1, 2};
        DataBufferByte data = new DataBufferByte(pixels, pixels.length);
        return Raster.createInterleavedRaster(
                data, width, height, channels * width, channels, offsets, null);
    }
}
