package dev.vitrail.runtime.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes in memory, numbers little-endian. */
final class Bytes extends ByteArrayOutputStream {
    void writeInt(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            write(value >> shift);
        }
    }

    void writeLong(long value) {
        writeInt((int) value);
        writeInt((int) (value >> Integer.SIZE));
    }

    /** An unsigned number, 7 bits a byte, the lowest first; the high bit says that more follow. */
    void writeVarint(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        write((int) rest);
    }

    /** UTF-8 behind its length. */
    void writeText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeInt(utf8.length);
        writeBytes(utf8);
    }
}
