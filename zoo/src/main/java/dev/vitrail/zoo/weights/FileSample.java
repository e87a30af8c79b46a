package dev.vitrail.zoo.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Both ends of a file, as one character a byte, to tell what it is. */
record FileSample(String head, String tail) {

    /** As much as is looked at: the mark of a tar archive ends at byte 262. */
    private static final int HEAD = 4096;

    private static final int TAIL = 8;

    static FileSample of(SourceFile file) {
        int tail = (int) Math.min(TAIL, file.size());
        return new FileSample(text(file.head(HEAD)), text(file.bytes(file.size() - tail, tail)));
    }

    private static String text(ByteBuffer bytes) {
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }

    boolean startsWith(String mark) {
        return head.startsWith(mark);
    }

    boolean has(String mark, int offset) {
        return head.startsWith(mark, offset);
    }

    boolean endsWith(String mark) {
        return tail.endsWith(mark);
    }

    /** The byte at an offset, -1 beyond the head. */
    int at(int offset) {
        return offset < head.length() ? head.charAt(offset) : -1;
    }
}
