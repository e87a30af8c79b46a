package dev.vitrail.imaging;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The readers that come with Java. They are asked for by format and by module: whatever other
 * readers lie on the class path, the same files give the same pixels.
 */
final class JdkReader {
    /** Those that the native library itself converts to: nothing is left for Java to convert. */
    private static final ColorModel RGB =
            new ComponentColorModel(
                    ColorSpace.getInstance(ColorSpace.CS_sRGB),
                    false,
                    false,
                    Transparency.OPAQUE,
                    DataBuffer.TYPE_BYTE);

    private JdkReader() {}

    /**
     * The image's pixels as the file has them: components neither converted nor scaled.
     *
     * @param format a format that Java's own readers know
     * @param stream the file
     */
    static Raster readRaster(ImageFormat format, MemoryStream stream) throws IOException {
        ImageReader reader = reader(format);
        try {
            reader.setInput(stream, true, true);
            return reader.readRaster(0, null);
        } finally {
            reader.dispose();
        }
    }

    /**
     * The image as the native library converts it to RGB, which takes it less time than to hand out
     * components as they are.
     *
     * @param format a format whose images are converted to RGB when they are read
     * @param stream the file
     * @return {@code [height, width, 3]}
     */
    static byte[] readRgb(ImageFormat format, MemoryStream stream, int height, int width)
            throws IOException {
        ImageReader reader = reader(format);
        try {
            reader.setInput(stream, true, true);
            if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
                throw new IIOException("its size is told twice and differs");
            }
            byte[] pixels = new byte[3 * width * height];
            WritableRaster raster =
                    Raster.createInterleavedRaster(
                            new DataBufferByte(pixels, pixels.length),
                            width,
                            height,
                            3 * width,
                            3,
                            new int[] {0, 1, 2},
                            null);
            ImageReadParam param = reader.getDefaultReadParam();
            param.setDestination(new BufferedImage(RGB, raster, false, null));
            reader.read(0, param);
            return pixels;
        } finally {
            reader.dispose();
        }
    }

    /**
     * The image with the reader's notion of colours. Metadata is never asked for: a reader may
     * inflate it without a limit.
     *
     * @param format a format that Java's own readers know
     * @param stream the file
     */
    static BufferedImage read(ImageFormat format, MemoryStream stream) throws IOException {
        ImageReader reader = reader(format);
        try {
            reader.setInput(stream, true, true);
            return reader.read(0);
        } finally {
            reader.dispose();
        }
    }

    private static ImageReader reader(ImageFormat format) throws IOException {
        Iterator<ImageReader> readers =
                ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            ImageReaderSpi provider = reader.getOriginatingProvider();
            if (provider.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
            reader.dispose();
        }
        throw new IllegalStateException("this Java has no reader of " + format);
    }
}
