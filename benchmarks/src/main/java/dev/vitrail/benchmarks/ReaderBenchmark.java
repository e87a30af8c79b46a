package dev.vitrail.benchmarks;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;

/**
 * What reading a JPEG costs with each reader there is: Java's own in three ways, ours, and with
 * {@code -Preaders} TwelveMonkeys' and OpenCV's native one. Not by JMH: the processor time of the
 * one thread that reads is counted, which other work on the machine disturbs least, and the readers
 * take turns.
 */
public final class ReaderBenchmark {
    private static final int[][] SIZES = {
        {500, 375}, {640, 480}, {800, 600}, {1024, 768}, {1280, 960}
    };

    /** Rounds that compile the code and are not counted. */
    private static final int WARM_UP = 4;

    private final List<byte[]> photos;

    private ReaderBenchmark(List<byte[]> photos) {
        this.photos = photos;
    }

    /** One way of reading; what it returns keeps it from being optimised away. */
    interface Reader {
        Object read(byte[] jpeg) throws IOException;
    }

    /**
     * Prints a line for each reader.
     *
     * @param arguments a folder of JPEGs, or nothing for pictures that are drawn; before it {@code
     *     rounds=15} where there are to be more or fewer
     * @throws IOException if one of them cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        ImageIO.setUseCache(false);
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        int rounds = 15;
        if (!rest.isEmpty() && rest.get(0).startsWith("rounds=")) {
            rounds = Integer.parseInt(rest.remove(0).substring("rounds=".length()));
        }
        List<byte[]> photos = rest.isEmpty() ? drawn() : PreparedPhotos.read(Path.of(rest.get(0)));
        new ReaderBenchmark(photos).print(rounds);
    }

    /**
     * Milliseconds of this thread's processor time for a photo, by reader, as medians over rounds
     * in which all take turns.
     */
    static Map<String, Double> milliseconds(
            Map<String, Reader> readers, List<byte[]> photos, int rounds) throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<String, double[]> all = new LinkedHashMap<>();
        readers.keySet().forEach(name -> all.put(name, new double[rounds]));
        for (int round = -WARM_UP; round < rounds; round++) {
            for (Map.Entry<String, Reader> reader : readers.entrySet()) {
                long start = threads.getCurrentThreadCpuTime();
                for (byte[] photo : photos) {
                    reader.getValue().read(photo);
                }
                long spent = threads.getCurrentThreadCpuTime() - start;
                if (round >= 0) {
                    all.get(reader.getKey())[round] = spent / 1e6 / photos.size();
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        all.forEach((name, values) -> medians.put(name, median(values)));
        return medians;
    }

    private void print(int rounds) throws IOException {
        Map<String, Double> milliseconds = milliseconds(readers(), photos, rounds);
        double ours = milliseconds.get("ImageDecoder");
        System.out.printf(
                "%s, %d JPEGs of %d KB on average, ms of a thread's processor time each%n",
                System.getProperty("java.vendor.version", System.getProperty("java.version")),
                photos.size(),
                photos.stream().mapToInt(photo -> photo.length).sum() / photos.size() / 1000);
        milliseconds.forEach(
                (name, median) ->
                        System.out.printf(
                                Locale.ROOT, "%-52s %7.2f %7.2f%n", name, median, median / ours));
    }

    private Map<String, Reader> readers() throws IOException {
        Map<String, Reader> readers = new LinkedHashMap<>();
        ImageReader javas = reader("com.sun.imageio").orElseThrow();
        readers.put("ImageIO, a new reader each", ReaderBenchmark::readNew);
        readers.put("ImageIO, one reader", jpeg -> read(javas, jpeg));
        readers.put("ImageIO, one reader, one image for each size", new Reused(javas));
        readers.put("ImageIO, one reader, raster (YCbCr)", jpeg -> readRaster(javas, jpeg));
        readers.put(
                "ImageDecoder",
                jpeg -> ImageDecoder.decode(jpeg, "photo.jpg", DecodeOptions.DEFAULT).pixels());
        reader("com.twelvemonkeys")
                .ifPresent(reader -> readers.put("TwelveMonkeys", jpeg -> read(reader, jpeg)));
        OpenCv.find().ifPresent(openCv -> readers.put("OpenCV", openCv));
        PreparedPhotos prepared = new PreparedPhotos();
        readers.put("ImageDecoder and preprocessing", prepared::exact);
        return readers;
    }

    private static Optional<ImageReader> reader(String packages) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith(packages)) {
                return Optional.of(reader);
            }
        }
        return Optional.empty();
    }

    /** As {@code ImageIO.read} does it, with Java's own reader whatever others there are. */
    private static BufferedImage readNew(byte[] jpeg) throws IOException {
        ImageReader reader = reader("com.sun.imageio").orElseThrow();
        try {
            return read(reader, jpeg);
        } finally {
            reader.dispose();
        }
    }

    private static BufferedImage read(ImageReader reader, byte[] jpeg) throws IOException {
        try (ImageInputStream stream = stream(jpeg)) {
            reader.setInput(stream, true, true);
            return reader.read(0);
        }
    }

    private static Raster readRaster(ImageReader reader, byte[] jpeg) throws IOException {
        try (ImageInputStream stream = stream(jpeg)) {
            reader.setInput(stream, true, true);
            return reader.readRaster(0, null);
        }
    }

    private static ImageInputStream stream(byte[] jpeg) throws IOException {
        return ImageIO.createImageInputStream(new ByteArrayInputStream(jpeg));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Keeps the images that it decodes into. */
    private static final class Reused implements Reader {
        private final ImageReader reader;
        private final Map<Integer, BufferedImage> images = new LinkedHashMap<>();

        Reused(ImageReader reader) {
            this.reader = reader;
        }

        @Override
        public Object read(byte[] jpeg) throws IOException {
            try (ImageInputStream stream = stream(jpeg)) {
                reader.setInput(stream, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                ImageReadParam param = reader.getDefaultReadParam();
                param.setDestination(
                        images.computeIfAbsent(
                                width * 65_536 + height,
                                size ->
                                        ImageTypeSpecifier.createFromBufferedImageType(
                                                        BufferedImage.TYPE_3BYTE_BGR)
                                                .createBufferedImage(width, height)));
                BufferedImage image = reader.read(0, param);
                return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
            }
        }
    }

    /**
     * OpenCV's {@code imdecode}, which contains libjpeg-turbo; called by name, because its
     * libraries are large and fetched only with the profile.
     */
    private static final class OpenCv implements Reader {
        private static final int IGNORE_ORIENTATION_COLOR = 128 | 1;

        private final Constructor<?> matrix;
        private final Method decode;
        private final Method total;
        private final Method data;
        private final Method get;
        private final Method close;

        private OpenCv() throws ReflectiveOperationException {
            Class<?> type = Class.forName("org.bytedeco.opencv.opencv_core.Mat");
            Class<?> pointer = Class.forName("org.bytedeco.javacpp.BytePointer");
            matrix = type.getConstructor(byte[].class);
            decode =
                    Class.forName("org.bytedeco.opencv.global.opencv_imgcodecs")
                            .getMethod("imdecode", type, int.class);
            total = type.getMethod("total");
            data = type.getMethod("data");
            get = pointer.getMethod("get", byte[].class);
            close = type.getMethod("close");
        }

        static Optional<OpenCv> find() {
            try {
                return Optional.of(new OpenCv());
            } catch (ReflectiveOperationException e) {
                return Optional.empty();
            }
        }

        /** Blue, green, red, in Java's memory; a product would have them swapped on the way. */
        @Override
        public Object read(byte[] jpeg) throws IOException {
            try {
                Object file = matrix.newInstance((Object) jpeg);
                Object image = decode.invoke(null, file, IGNORE_ORIENTATION_COLOR);
                byte[] pixels = new byte[3 * Math.toIntExact((Long) total.invoke(image))];
                get.invoke(data.invoke(image), (Object) pixels);
                close.invoke(image);
                close.invoke(file);
                return pixels;
            } catch (InvocationTargetException e) {
                throw new IOException("OpenCV cannot decode", e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("another OpenCV than expected", e);
            }
        }
    }

    /** Pictures with about as many bytes a pixel as photos of the web have. */
    private static List<byte[]> drawn() throws IOException {
        Random random = new Random(1);
        List<byte[]> photos = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int[] size = SIZES[i % SIZES.length];
            photos.add(jpeg(picture(size[0], size[1], random)));
        }
        return photos;
    }

    private static BufferedImage picture(int width, int height, Random random) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.ORANGE, width, height, Color.BLUE));
        graphics.fillRect(0, 0, width, height);
        for (int i = 0; i < 400; i++) {
            graphics.setColor(new Color(random.nextInt(0xFFFFFF)));
            graphics.fillOval(
                    random.nextInt(width), random.nextInt(height), 3 + random.nextInt(60), 20);
        }
        graphics.dispose();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int grain = random.nextInt(9) - 4;
                int rgb = image.getRGB(x, y);
                int noisy = 0;
                for (int shift = 16; shift >= 0; shift -= 8) {
                    int value = (rgb >> shift & 255) + grain;
                    noisy |= Math.max(0, Math.min(255, value)) << shift;
                }
                image.setRGB(x, y, noisy);
            }
        }
        return image;
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var stream = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(0.85f);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
