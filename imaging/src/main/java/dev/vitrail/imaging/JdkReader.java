package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The readers that come with Java. They are asked for by format and by module: whatever other
 * readers lie on the class path, the same files give the same pixels.
 */
final class JdkReader {
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
