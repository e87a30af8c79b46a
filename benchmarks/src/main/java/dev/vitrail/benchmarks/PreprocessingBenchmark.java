package dev.vitrail.benchmarks;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.imaging.RgbImage;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an image costs before the network sees it: decoding alone, the exact preprocessing alone,
 * both together, and beside them ImageIO's decoding with AWT's scaling, which is faster to write
 * and gives other pixels.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PreprocessingBenchmark {
    private static final int EDGE = 224;

    /** Width and height of the photo. */
    @Param({"500x375", "1280x960"})
    public String photo;

    private byte[] jpeg;
    private RgbImage decoded;
    private Preprocessing preprocessing;
    private FloatBuffer pixels;

    /** Draws a picture with the detail of a photo and encodes it as JPEG. */
    @Setup
    public void makePhoto() throws IOException {
        String[] size = photo.split("x");
        jpeg = jpeg(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
        decoded = ImageDecoder.decode(jpeg, "photo.jpg", DecodeOptions.DEFAULT);
        decoded.pixels();
        preprocessing =
                new Preprocessing(
                        Resize.shortEdge(248),
                        Extent.square(EDGE),
                        Interpolation.BICUBIC,
                        List.of(0.5, 0.5, 0.5),
                        List.of(0.5, 0.5, 0.5),
                        null);
        pixels = FloatBuffer.allocate(3 * EDGE * EDGE);
    }

    /** Bytes of a JPEG file to RGB. */
    @Benchmark
    public byte[] decode() throws IOException {
        return ImageDecoder.decode(jpeg, "photo.jpg", DecodeOptions.DEFAULT).pixels();
    }

    /** RGB to the network's input. */
    @Benchmark
    public FloatBuffer preprocess() {
        preprocessing.apply(decoded, pixels.clear());
        return pixels;
    }

    /** Bytes of a JPEG file to the network's input, by way of no more pixels than it needs. */
    @Benchmark
    public FloatBuffer decodeAndPreprocess() throws IOException {
        preprocessing.apply(
                ImageDecoder.decode(jpeg, "photo.jpg", DecodeOptions.DEFAULT), pixels.clear());
        return pixels;
    }

    /** What many programs do instead: no antialiasing, other pixels. */
    @Benchmark
    public BufferedImage imageIoAndGraphics2D() throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
        BufferedImage scaled = new BufferedImage(EDGE, EDGE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(image, 0, 0, EDGE, EDGE, null);
        graphics.dispose();
        return scaled;
    }

    private static byte[] jpeg(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.ORANGE, width, height, Color.BLUE));
        graphics.fillRect(0, 0, width, height);
        Random random = new Random(1);
        for (int i = 0; i < 400; i++) {
            graphics.setColor(new Color(random.nextInt(0xFFFFFF)));
            graphics.fillOval(
                    random.nextInt(width), random.nextInt(height), 3 + random.nextInt(60), 20);
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", bytes);
        return bytes.toByteArray();
    }
}
