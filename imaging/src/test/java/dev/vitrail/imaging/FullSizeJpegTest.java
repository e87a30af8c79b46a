package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** JPEGs of many sizes, against Java's reader, that is its libjpeg. */
class FullSizeJpegTest {
    private static final String FORMAT = "javax_imageio_jpeg_image_1.0";

    /** Whole units and parts, columns and rows of one sample at the edges, one band and several. */
    private static final List<Size> SIZES =
            List.of(
                    new Size(5, 5),
                    new Size(300, 6),
                    new Size(16, 16),
                    new Size(33, 17),
                    new Size(17, 33),
                    new Size(375, 500),
                    new Size(500, 375),
                    new Size(481, 640),
                    new Size(320, 631),
                    new Size(40, 2),
                    new Size(1024, 9),
                    new Size(1025, 9),
                    new Size(1041, 30),
                    new Size(2100, 12),
                    new Size(35, 4200),
                    new Size(9, 16_390));

    enum Coding {
        BASELINE,
        WITH_RESTARTS,
        FINE,
        PROGRESSIVE
    }

    static Stream<Arguments> files() {
        List<Arguments> files = new ArrayList<>();
        for (Coding coding : Coding.values()) {
            for (String sampling : List.of("1x1", "2x1", "2x2", "gray")) {
                for (Size size : SIZES) {
                    if (size.width() > 4 || coding == Coding.PROGRESSIVE || !halves(sampling)) {
                        files.add(Arguments.of(coding, sampling, size));
                    }
                }
            }
        }
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasThePixelsOfJavasReader(Coding coding, String sampling, Size size)
            throws IOException, OddJpegException {
        byte[] file = write(coding, sampling, size);
        RgbImage decoded = decode(file, sampling);

        assertThat(Differences.between(decoded, expected(file, sampling, size)))
                .isEqualTo(Differences.NONE);
    }

    @ParameterizedTest
    @MethodSource("files")
    void resizesPartsAsIfAllPixelsWereThere(Coding coding, String sampling, Size size)
            throws IOException, OddJpegException {
        byte[] file = write(coding, sampling, size);
        RgbImage whole = expected(file, sampling, size);
        Random random = new Random(size.hashCode());
        for (int i = 0; i < 8; i++) {
            int width = 1 + random.nextInt(size.width());
            int height = 1 + random.nextInt(size.height());
            int x = random.nextInt(size.width() - width + 1);
            int y = random.nextInt(size.height() - height + 1);
            Resizer resizer =
                    new Resizer(
                            1 + random.nextInt(40),
                            1 + random.nextInt(40),
                            Interpolation.values()[i % 6]);

            RgbImage resized = resizer.resizePart(decode(file, sampling), x, y, width, height);

            assertThat(Differences.between(resized, resizer.resizePart(whole, x, y, width, height)))
                    .as("%s of %dx%d at %d, %d", resizer, width, height, x, y)
                    .isEqualTo(Differences.NONE);
        }
    }

    /** Of two columns of chroma libjpeg makes four in another way. */
    @Test
    void leavesNarrowChromaToJavasReader() throws IOException {
        byte[] file = write(Coding.BASELINE, "2x2", new Size(40, 4));
        assertThatThrownBy(() -> decode(file, "2x2")).isInstanceOf(OddJpegException.class);
    }

    /** What libjpeg refuses, warns of or reads in its own way: one place tells what is an image. */
    enum Fault {
        CUT_IN_ITS_DATA {
            @Override
            byte[] in(byte[] file) {
                byte[] cut = Arrays.copyOf(file, file.length - 40);
                cut[cut.length - 2] = (byte) 0xFF;
                cut[cut.length - 1] = (byte) 0xD9;
                return cut;
            }
        },
        CUT_IN_A_HEADER {
            @Override
            byte[] in(byte[] file) {
                return Arrays.copyOf(file, indexOf(file, 0xDA) + 6);
            }
        },
        A_BYTE_TOO_MANY {
            @Override
            byte[] in(byte[] file) {
                byte[] longer = Arrays.copyOf(file, file.length + 1);
                longer[file.length - 2] = 0;
                longer[file.length - 1] = (byte) 0xFF;
                longer[file.length] = (byte) 0xD9;
                return longer;
            }
        },
        ANOTHER_RESTART_MARKER {
            @Override
            byte[] in(byte[] file) {
                file[indexOf(file, 0xD1) + 1] = (byte) 0xD2;
                return file;
            }
        },
        NO_RESTART_MARKER {
            @Override
            byte[] in(byte[] file) {
                file[indexOf(file, 0xDD) + 5] = 4;
                return file;
            }
        },
        A_LONG_RESTART_INTERVAL {
            @Override
            byte[] in(byte[] file) {
                return lengthened(file, indexOf(file, 0xDD));
            }
        },
        A_LONG_FRAME_HEADER {
            @Override
            byte[] in(byte[] file) {
                return lengthened(file, indexOf(file, 0xC0));
            }
        },
        A_LONG_SCAN_HEADER {
            @Override
            byte[] in(byte[] file) {
                return lengthened(file, indexOf(file, 0xDA));
            }
        },
        NO_COMPONENT_IN_A_SCAN {
            @Override
            byte[] in(byte[] file) {
                file[indexOf(file, 0xDA) + 4] = 0;
                return file;
            }
        },
        DIFFERENCES_OF_16_BITS {
            @Override
            byte[] in(byte[] file) {
                file[indexOf(file, 0xC4) + 5 + 16 + 11] = 16;
                return file;
            }
        },
        A_CODE_OF_ONES {
            @Override
            byte[] in(byte[] file) {
                // The usual table (annex K.3.2) lacks one code of being full.
                byte[] counts = {0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125};
                int start = indexOf(file, counts);
                file[start + 15]++;
                return lengthened(file, start - 5);
            }
        };

        abstract byte[] in(byte[] file);

        /** With one more byte at the end of a segment. */
        private static byte[] lengthened(byte[] file, int segment) {
            int length = segment + 3;
            file[length]++;
            int end = length + (file[length] & 0xFF) - 2;
            byte[] longer = Arrays.copyOf(file, file.length + 1);
            longer[end] = 0;
            System.arraycopy(file, end, longer, end + 1, file.length - end);
            return longer;
        }

        private static int indexOf(byte[] file, int marker) {
            return indexOf(file, new byte[] {(byte) 0xFF, (byte) marker});
        }

        private static int indexOf(byte[] file, byte[] part) {
            int i = 0;
            while (!Arrays.equals(file, i, i + part.length, part, 0, part.length)) {
                i++;
            }
            return i;
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesFaultsToJavasReader(Fault fault) throws IOException, OddJpegException {
        byte[] file = write(Coding.WITH_RESTARTS, "2x2", new Size(64, 640));
        assertThat(decode(file, "2x2").width()).isEqualTo(640);

        assertThatThrownBy(() -> decode(fault.in(file), "2x2"))
                .isInstanceOfAny(OddJpegException.class, ImageException.class);
    }

    @ParameterizedTest
    @EnumSource
    void stopsWhenItIsInterrupted(Coding coding) throws IOException {
        ImageSource source = new ImageSource("file", write(coding, "2x2", new Size(64, 64)));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> JpegScans.decode(source, 1, JpegColours.YCBCR))
                    .isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static boolean halves(String sampling) {
        return sampling.startsWith("2");
    }

    private static RgbImage decode(byte[] file, String sampling)
            throws IOException, OddJpegException {
        JpegColours colours = sampling.equals("gray") ? JpegColours.GRAY : JpegColours.YCBCR;
        return JpegScans.decode(new ImageSource("file", file), 1, colours);
    }

    private static RgbImage expected(byte[] file, String sampling, Size size) throws IOException {
        byte[] pixels =
                sampling.equals("gray")
                        ? JpegColours.toRgb(grayOfJavasReader(file), JpegColours.GRAY)
                        : JdkReader.readRgb(
                                ImageFormat.JPEG,
                                new MemoryStream(file),
                                size.height(),
                                size.width());
        return new RgbImage(size.width(), size.height(), pixels);
    }

    private static byte[] grayOfJavasReader(byte[] file) throws IOException {
        return ((DataBufferByte)
                        JdkReader.readRaster(ImageFormat.JPEG, new MemoryStream(file))
                                .getDataBuffer())
                .getData();
    }

    /** Patches of full colours, so that neighbours differ most, and noise. */
    private static BufferedImage picture(boolean gray, int width, int height) {
        BufferedImage picture =
                new BufferedImage(
                        width,
                        height,
                        gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        Random random = new Random(width * 31L + height);
        int[] colours = random.ints(64).toArray();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int patch = colours[(y / 7 * 5 + x / 11) % colours.length];
                picture.setRGB(x, y, patch ^ random.nextInt() & 0x1F1F1F);
            }
        }
        return picture;
    }

    private static byte[] write(Coding coding, String sampling, Size size) throws IOException {
        boolean gray = sampling.equals("gray");
        BufferedImage picture = picture(gray, size.width(), size.height());
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(stream);
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (coding == Coding.PROGRESSIVE) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            } else if (coding == Coding.FINE) {
                // Large values, and blocks full of them.
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionQuality(0.99f);
            }
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(
                            ImageTypeSpecifier.createFromRenderedImage(picture), param);
            Element root = (Element) metadata.getAsTree(FORMAT);
            if (!gray) {
                Element first = (Element) root.getElementsByTagName("componentSpec").item(0);
                first.setAttribute("HsamplingFactor", sampling.substring(0, 1));
                first.setAttribute("VsamplingFactor", sampling.substring(2));
            }
            if (coding == Coding.WITH_RESTARTS) {
                IIOMetadataNode interval = new IIOMetadataNode("dri");
                interval.setAttribute("interval", "5");
                Node markers = root.getElementsByTagName("markerSequence").item(0);
                markers.insertBefore(interval, markers.getFirstChild());
            }
            metadata.setFromTree(FORMAT, root);
            writer.write(null, new IIOImage(picture, null, metadata), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
