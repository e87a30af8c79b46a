package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A small JPEG of an image, a few kilobytes, to be looked at and not to be classified. */
public final class Thumbnail {
    private static final float QUALITY = 0.8f;

    private final byte[] jpeg;

    private Thumbnail(byte[] jpeg) {
        this.jpeg = jpeg;
    }

    /**
     * Makes an image small.
     *
     * @param image the image; one that is small already keeps its size
     * @param edge the longest edge of the result in pixels, at least 1
     * @return the thumbnail
     * @throws IllegalArgumentException if the edge is below 1
     */
    public static Thumbnail of(RgbImage image, int edge) {
        if (edge < 1) {
            throw new IllegalArgumentException("edge is " + edge + ", must be at least 1");
        }
        int longest = Math.max(image.width(), image.height());
        if (longest <= edge) {
            return new Thumbnail(encoded(image));
        }
        int height = Math.max(1, Math.round((float) image.height() * edge / longest));
        int width = Math.max(1, Math.round((float) image.width() * edge / longest));
        return new Thumbnail(
                encoded(new Resizer(height, width, Interpolation.BILINEAR).resize(image)));
    }

    private static byte[] encoded(RgbImage image) {
        BufferedImage buffered =
                new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = image.pixels();
        for (int i = 0, at = 0; at < pixels.length; i++, at += 3) {
            int color =
                    (pixels[at] & 0xFF) << 16
                            | (pixels[at + 1] & 0xFF) << 8
                            | pixels[at + 2] & 0xFF;
            buffered.setRGB(i % image.width(), i / image.width(), color);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(QUALITY);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(buffered, null, null), param);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * The JPEG file as text.
     *
     * @return its bytes in Base64, without line ends
     */
    public String base64() {
        return Base64.getEncoder().encodeToString(jpeg);
    }
}
