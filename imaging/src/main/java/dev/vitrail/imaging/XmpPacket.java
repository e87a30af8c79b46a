package dev.vitrail.imaging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.InflaterInputStream;

/**
 * The metadata that editors keep as XML (XMP, ISO 16684-1), of which the orientation is read. It is
 * found as Pillow does it, by a pattern: {@code tiff:Orientation="6"} or {@code
 * <tiff:Orientation>6<}.
 */
final class XmpPacket {
    /** What begins such a segment of a JPEG. */
    static final String JPEG_MARKER = "http://ns.adobe.com/xap/1.0/\0";

    /** What such a text of a PNG is called. */
    static final String PNG_KEYWORD = "XML:com.adobe.xmp\0";

    /** The longest compressed text that is looked at, as in Pillow: 1 MiB. */
    private static final int MAX_BYTES = 1 << 20;

    private static final String NAME = "tiff:Orientation";

    private XmpPacket() {}

    /**
     * The orientation that a packet tells; upright where it tells none.
     *
     * @param start where the packet begins in the file
     * @param length its length
     */
    static Orientation orientation(ImageSource source, long start, long length) {
        return orientation(source.bytes(), (int) start, (int) (start + length));
    }

    private static Orientation orientation(byte[] bytes, int start, int after) {
        String packet = new String(bytes, start, after - start, StandardCharsets.ISO_8859_1);
        for (int at = packet.indexOf(NAME); at >= 0; at = packet.indexOf(NAME, at + 1)) {
            int value = at + NAME.length();
            int quote = packet.startsWith("=\"", value) ? 2 : packet.startsWith(">", value) ? 1 : 0;
            int end = value + quote;
            char said = quote > 0 && end < packet.length() ? packet.charAt(end) : ' ';
            if (said >= '0' && said <= '9') {
                return Orientation.ofTag(said - '0');
            }
        }
        return Orientation.UPRIGHT;
    }

    /**
     * The orientation in an international text chunk of a PNG (W3C PNG, 11.3.3.4): after the
     * keyword whether it is compressed, how, and two texts that end with zeros.
     *
     * @param start where the chunk's data begin in the file, with the keyword
     * @param length their length
     */
    static Orientation ofPngText(ImageSource source, long start, long length) {
        byte[] bytes = source.bytes();
        int end = (int) (start + length);
        int at = (int) start + PNG_KEYWORD.length();
        boolean isCompressed = at < end && bytes[at] != 0;
        at += 2;
        for (int texts = 0; texts < 2; texts++) {
            while (at < end && bytes[at] != 0) {
                at++;
            }
            at++;
        }
        if (at >= end) {
            return Orientation.UPRIGHT;
        }
        if (!isCompressed) {
            return orientation(bytes, at, end);
        }
        ByteArrayInputStream packed = new ByteArrayInputStream(bytes, at, end - at);
        try (InflaterInputStream inflated = new InflaterInputStream(packed)) {
            byte[] packet = inflated.readNBytes(MAX_BYTES);
            return orientation(packet, 0, packet.length);
        } catch (IOException e) {
            return Orientation.UPRIGHT;
        }
    }
}
