package dev.vitrail.imaging;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A JPEG (ISO/IEC 10918-1): 8 bits, gray, RGB, YCbCr, CMYK or YCCK.
 *
 * <p>Java's reader is given the file without its application segments, so that no colour profile,
 * thumbnail or Exif block reaches it. Which colour space the components are in is decided here as
 * libjpeg decides it, and they are converted with libjpeg's arithmetic, so that bytes are those of
 * Pillow. {@link JpegScans} reads what photos are, and Java's reader, that is its libjpeg, the
 * rest.
 */
final class JpegImage implements EncodedImage {
    private static final int START_OF_SCAN = 0xDA;
    private static final int END_OF_IMAGE = 0xD9;

    /** Bytes a pixel of the coefficients and components of a progressive JPEG. */
    private static final int PARTS = 9;

    /**
     * An APP0 segment (JFIF 1.02) of version 1.1, without a density and without a thumbnail: three
     * components are YCbCr. Java's reader guesses where none says so, and otherwise than libjpeg.
     */
    private static final byte[] JFIF = {
        (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };

    private static final String EXIF = "Exif\0\0";
    private static final String PROFILE = "ICC_PROFILE\0";

    private final ImageSource source;

    /** What decoding needs of the file, in its order. */
    private final List<Part> essentials = new ArrayList<>();

    private int width;
    private int height;
    private int components;
    private boolean progressive;
    private String componentIds = "";
    private boolean jfif;
    private boolean adobe;
    private int adobeTransform;
    private final SortedMap<Integer, byte[]> profileParts = new TreeMap<>();
    private int profilePartCount;
    private int exifStart;
    private int exifLength;
    private int xmpStart;
    private int xmpLength;

    private JpegImage(ImageSource source) {
        this.source = source;
    }

    /** Bytes of the file. */
    private record Part(int from, int length) {}

    static JpegImage open(ImageSource source) throws ImageException {
        JpegImage image = new JpegImage(source);
        image.readSegments();
        return image;
    }

    /** Goes through the segments before the first scan and keeps those that decoding needs. */
    private void readSegments() throws ImageException {
        essentials.add(new Part(0, 2));
        int at = 2;
        while (true) {
            while (source.at(at) != 0xFF) {
                at++; // libjpeg skips what is no marker, and so does Pillow
            }
            int marker = source.at(at + 1);
            if (marker == 0xFF) {
                at++;
            } else if (marker == START_OF_SCAN) {
                if (components == 0) {
                    throw source.corrupt("its image data begins before its size is told", null);
                }
                essentials.add(new Part(at, source.size() - at));
                return;
            } else if (marker == END_OF_IMAGE) {
                throw source.corrupt("it ends before its image data begins", null);
            } else if (marker <= 0x01 || marker >= 0xD0 && marker <= 0xD8) {
                at += 2; // markers without a length
            } else {
                int length = source.big16(at + 2);
                if (length < 2) {
                    throw source.corrupt("segment at byte " + at + " has length " + length, null);
                }
                source.at((long) at + 1 + length);
                readSegment(marker, at, length);
                at += 2 + length;
            }
        }
    }

    private void readSegment(int marker, int at, int length) throws ImageException {
        boolean application = marker >= 0xE0 && marker <= 0xEF || marker == 0xFE;
        int content = at + 4;
        if (application) {
            if (marker == 0xE0 && length >= 16 && source.has(content, "JFIF\0")) {
                jfif = true;
            } else if (marker == 0xEE && length >= 14 && source.has(content, "Adobe")) {
                adobe = true;
                adobeTransform = source.at(content + 11);
            } else if (marker == 0xE1 && exifLength == 0 && source.has(content, EXIF)) {
                exifStart = content + EXIF.length();
                exifLength = length - 2 - EXIF.length();
            } else if (marker == 0xE1 && source.has(content, XmpPacket.JPEG_MARKER)) {
                xmpStart = content + XmpPacket.JPEG_MARKER.length();
                xmpLength = at + 2 + length - xmpStart;
            } else if (marker == 0xE2 && length >= 16 && source.has(content, PROFILE)) {
                int part = content + PROFILE.length();
                profilePartCount = source.at(part + 1);
                profileParts.put(
                        source.at(part),
                        Arrays.copyOfRange(source.bytes(), part + 2, at + 2 + length));
            }
            return;
        }
        if (marker >= 0xC0
                && marker <= 0xCF
                && marker != 0xC4
                && marker != 0xC8
                && marker != 0xCC) {
            readFrame(marker, content);
        }
        essentials.add(new Part(at, 2 + length));
    }

    private void readFrame(int marker, int content) throws ImageException {
        int process = marker - 0xC0;
        int bits = source.at(content);
        if (process > 2 && process != 9 && process != 10) {
            throw source.unsupported(
                    "JPEG process " + process + " (lossless, hierarchical) is not read");
        }
        if (bits != 8) {
            throw source.unsupported("a JPEG of " + bits + " bits is not read, 8 bits are");
        }
        progressive = process == 2;
        height = source.big16(content + 1);
        width = source.big16(content + 3);
        components = source.at(content + 5);
        if (components != 1 && components != 3 && components != 4) {
            throw source.unsupported("a JPEG of " + components + " components is not read");
        }
        StringBuilder ids = new StringBuilder();
        for (int i = 0; i < components; i++) {
            ids.append((char) source.at(content + 6 + 3 * i));
        }
        componentIds = ids.toString();
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
        if (components == 4) {
            return 4;
        }
        // Three components that Java's reader gives become the result in their place.
        long pixels = Math.max(1, (long) width * height);
        return fitsWithItsParts() ? (int) ((partsBytes() + pixels - 1) / pixels) : 0;
    }

    @Override
    public Orientation orientation() {
        Optional<Orientation> exif =
                exifLength < 1
                        ? Optional.empty()
                        : TiffDirectory.orientation(source, exifStart, exifLength);
        return exif.orElseGet(() -> XmpPacket.orientation(source, xmpStart, xmpLength));
    }

    /** One profile in numbered parts (ICC.1, annex B.4). Pillow mixes inks without one. */
    @Override
    public byte[] profile() {
        ByteArrayOutputStream profile = new ByteArrayOutputStream();
        if (components != 4 && profileParts.size() == profilePartCount) {
            profileParts.values().forEach(profile::writeBytes);
        }
        return profile.toByteArray();
    }

    @Override
    public RgbImage decode(DecodeOptions options) throws IOException {
        int reduction = reduction(options);
        byte[] file = essentialBytes();
        if (fitsWithItsParts()) {
            try {
                ImageSource scans = new ImageSource(source.name(), file);
                return JpegScans.decode(scans, reduction, colours());
            } catch (OddJpegException | ImageException e) {
                // Java's reader tells what is wrong, or reads it.
            }
        }
        return decodeByJava(file, options.acceptTruncated());
    }

    /** By how much the edges can be divided: Pillow's rule for a draft, but for a half. */
    private int reduction(DecodeOptions options) throws ImageException {
        if (options.reduceTo().isEmpty()) {
            return 1;
        }
        boolean turned =
                options.exifOrientation() == ExifOrientation.APPLY && orientation().isTransposed();
        Size size = turned ? new Size(width, height) : new Size(height, width);
        Size least = options.reduceTo().get().of(size, Dialect.TORCHVISION);
        int reduction = 8;
        while (reduction > 1
                && (size.height() / reduction < least.height()
                        || size.width() / reduction < least.width())) {
            reduction /= 2;
        }
        // At a half it takes longer than to make of all pixels those that a crop needs.
        return reduction == 2 ? 1 : reduction;
    }

    /**
     * Components and coefficients lie beside the result; where they take much of the heap Java's
     * reader, which keeps them elsewhere, is the better one.
     */
    private boolean fitsWithItsParts() {
        long most = Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 8);
        return components != 4 && partsBytes() < most;
    }

    /** The most bytes that lie beside the result. */
    private long partsBytes() {
        long pixels = (long) width * height;
        return progressive ? PARTS * pixels : JpegBlocks.bytes(essentialLength(), pixels);
    }

    private int essentialLength() {
        return essentials.stream().mapToInt(Part::length).sum();
    }

    /** The file without what its readers must not see, and with what they must. */
    private byte[] essentialBytes() {
        boolean ycbcr = colours() == JpegColours.YCBCR;
        int length = essentialLength();
        ByteBuffer bytes = ByteBuffer.allocate(ycbcr ? length + JFIF.length : length);
        for (Part part : essentials) {
            bytes.put(source.bytes(), part.from, part.length);
            if (ycbcr && part.from == 0) {
                bytes.put(JFIF);
            }
        }
        return bytes.array();
    }

    private RgbImage decodeByJava(byte[] file, boolean acceptTruncated) throws IOException {
        MemoryStream stream = new MemoryStream(file);
        byte[] rgb =
                colours() == JpegColours.YCBCR
                        ? JdkReader.readRgb(ImageFormat.JPEG, stream, height, width)
                        : JpegColours.toRgb(
                                interleaved(JdkReader.readRaster(ImageFormat.JPEG, stream)),
                                colours());
        if (stream.wasExhausted() && !acceptTruncated) {
            throw source.corrupt(
                    "JPEG data ends early, after " + ImageSource.count(source.size()) + " bytes",
                    null);
        }
        return new RgbImage(width, height, rgb);
    }

    private byte[] interleaved(Raster raster) throws ImageException {
        boolean whole =
                raster.getNumBands() == components
                        && raster.getWidth() == width
                        && raster.getHeight() == height
                        && raster.getDataBuffer() instanceof DataBufferByte;
        if (whole) {
            byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
            if (data.length == (long) width * height * components) {
                return data;
            }
        }
        throw source.corrupt("its data is not of the size that its header tells", null);
    }

    /** libjpeg's rules (jdapimin.c, default_decompress_parms). */
    private JpegColours colours() {
        return switch (components) {
            case 1 -> JpegColours.GRAY;
            case 3 -> {
                boolean rgb = adobe ? adobeTransform == 0 : componentIds.equals("RGB");
                yield rgb && !jfif ? JpegColours.RGB : JpegColours.YCBCR;
            }
            default -> adobe && adobeTransform != 0 ? JpegColours.YCCK : JpegColours.CMYK;
        };
    }
}
