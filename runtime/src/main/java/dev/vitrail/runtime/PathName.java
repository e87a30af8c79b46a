package dev.vitrail.runtime;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A path as text, whatever bytes it is made of; how is said at {@link ImageFiles#name}. */
final class PathName {
    private PathName() {}

    static String of(Path path) {
        StringBuilder name = new StringBuilder();
        String root = path.isAbsolute() ? path.getRoot().toString().replace('\\', '/') : "";
        name.append(root);
        for (Path element : path) {
            if (name.length() > root.length()) {
                name.append('/');
            }
            String text = element.toString();
            // The replacement character may stand for bytes that the locale could not decode.
            name.append(text.indexOf('\uFFFD') < 0 ? markHalves(text) : fromBytes(element));
        }
        return name.toString();
    }

    private static String markHalves(String text) {
        if (text.codePoints().noneMatch(PathName::isHalf)) {
            return text;
        }
        StringBuilder marked = new StringBuilder();
        text.codePoints()
                .forEach(
                        c ->
                                marked.append(
                                        isHalf(c)
                                                ? String.format("//u%04x", c)
                                                : Character.toString(c)));
        return marked.toString();
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static String fromBytes(Path element) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(element));
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(4 * bytes.remaining());
        while (bytes.hasRemaining()) {
            CoderResult result = decoder.decode(bytes, text, true);
            if (result.isError()) {
                for (int i = 0; i < result.length(); i++) {
                    text.put(String.format("//%02x", bytes.get()));
                }
            }
        }
        return text.flip().toString();
    }

    /** The URI is the only place where the JDK shows the bytes of a name. */
    private static byte[] bytes(Path element) {
        String uri = element.toUri().getRawPath();
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        String escaped = uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(escaped.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    /**
     * The path of a name's bytes, which may be no text; null where this system has no such paths.
     * Here, too, only a URI takes bytes.
     */
    static Path ofBytes(byte[] name) {
        Path folder = Path.of("").toAbsolutePath();
        boolean isAbsolute = name.length > 0 && name[0] == '/';
        StringBuilder uri = new StringBuilder("file://");
        if (!isAbsolute) {
            String start = folder.toUri().getRawPath();
            uri.append(start).append(start.endsWith("/") ? "" : "/");
        }
        for (byte next : name) {
            uri.append(next == '/' ? "/" : String.format("%%%02x", next));
        }
        try {
            Path path = Path.of(URI.create(uri.toString()));
            return isAbsolute ? path : path.subpath(folder.getNameCount(), path.getNameCount());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
