package dev.vitrail.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Paths that somebody wrote down, one an entry: what {@link ImageFiles#listed} reads.
 *
 * <p>Entries end with a line feed, before which a carriage return is no part of the path, or with a
 * NUL byte, and then hold anything else. Empty entries and a byte order mark are passed over.
 */
final class ImageList {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final boolean nullSeparated;
    private final List<Path> paths = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private int entry;

    private ImageList(String name, boolean nullSeparated) {
        this.name = name;
        this.nullSeparated = nullSeparated;
    }

    static ImageList read(InputStream bytes, String name, boolean nullSeparated) {
        ImageList list = new ImageList(name, nullSeparated);
        int end = nullSeparated ? 0 : '\n';
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        try {
            for (int next = bytes.read(); next >= 0; next = bytes.read()) {
                if (next == end) {
                    list.add(entry.toByteArray());
                    entry.reset();
                } else {
                    entry.write(next);
                }
            }
        } catch (IOException e) {
            throw new RuntimeFailure(name + ": cannot be read: " + FileSink.reason(e), e);
        }
        list.add(entry.toByteArray());
        return list;
    }

    List<Path> paths() {
        return paths;
    }

    List<String> names() {
        return names;
    }

    private void add(byte[] bytes) {
        entry++;
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            Path path = pathOf(bytes);
            paths.add(path);
            names.add(PathName.of(path));
            return;
        }
        if (entry == 1 && text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(1);
        }
        if (!nullSeparated && text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.isEmpty()) {
            return;
        }
        if (text.indexOf('\0') >= 0) {
            throw refusal(
                    "holds a NUL byte; a list that NUL separates must be read as such (--null)");
        }
        try {
            paths.add(Path.of(text));
        } catch (InvalidPathException e) {
            throw refusal("is no path on this system: " + e.getReason());
        }
        names.add(text);
    }

    /**
     * A file whose name is no text, as {@code find} writes it. Only one that is there: otherwise
     * the whole list is likely to be in another encoding.
     */
    private Path pathOf(byte[] bytes) {
        boolean returns = !nullSeparated && bytes[bytes.length - 1] == '\r';
        Path path = PathName.ofBytes(Arrays.copyOf(bytes, bytes.length - (returns ? 1 : 0)));
        if (path == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw refusal("is not UTF-8; write the list in that encoding");
        }
        return path;
    }

    private RuntimeFailure refusal(String problem) {
        return new RuntimeFailure(
                name + ": " + (nullSeparated ? "entry " : "line ") + entry + " " + problem);
    }
}
