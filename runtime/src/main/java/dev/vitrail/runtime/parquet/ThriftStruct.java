package dev.vitrail.runtime.parquet;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One struct in Thrift's compact protocol ({@code thrift-compact-protocol.md} of apache/thrift):
 * fields in ascending order of their numbers, each number as the difference from the one before.
 */
final class ThriftStruct {
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;

    /** A list of as many elements has its size in a number of its own. */
    private static final int LONG_LIST = 15;

    private final Bytes bytes;
    private int last;

    private ThriftStruct(Bytes bytes) {
        this.bytes = bytes;
    }

    /** Writes a struct whole. */
    static void write(Bytes bytes, Consumer<ThriftStruct> fields) {
        fields.accept(new ThriftStruct(bytes));
        bytes.write(0);
    }

    ThriftStruct i32(int field, int value) {
        header(field, I32);
        bytes.writeVarint(zigzag(value));
        return this;
    }

    ThriftStruct i64(int field, long value) {
        header(field, I64);
        bytes.writeVarint(zigzag(value));
        return this;
    }

    ThriftStruct text(int field, String value) {
        header(field, BINARY);
        text(bytes, value);
        return this;
    }

    ThriftStruct struct(int field, Consumer<ThriftStruct> fields) {
        header(field, STRUCT);
        write(bytes, fields);
        return this;
    }

    <T> ThriftStruct structs(int field, List<T> elements, BiConsumer<ThriftStruct, T> fields) {
        list(field, STRUCT, elements.size());
        elements.forEach(element -> write(bytes, struct -> fields.accept(struct, element)));
        return this;
    }

    ThriftStruct numbers(int field, List<Integer> elements) {
        list(field, I32, elements.size());
        elements.forEach(element -> bytes.writeVarint(zigzag(element)));
        return this;
    }

    ThriftStruct texts(int field, List<String> elements) {
        list(field, BINARY, elements.size());
        elements.forEach(element -> text(bytes, element));
        return this;
    }

    private void list(int field, int type, int size) {
        header(field, LIST);
        if (size < LONG_LIST) {
            bytes.write(size << 4 | type);
        } else {
            bytes.write(LONG_LIST << 4 | type);
            bytes.writeVarint(size);
        }
    }

    private void header(int field, int type) {
        bytes.write(field - last << 4 | type);
        last = field;
    }

    private static void text(Bytes bytes, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        bytes.writeVarint(utf8.length);
        bytes.writeBytes(utf8);
    }

    /** Small numbers of either sign as small unsigned ones. */
    private static long zigzag(long value) {
        return value << 1 ^ value >> Long.SIZE - 1;
    }
}
