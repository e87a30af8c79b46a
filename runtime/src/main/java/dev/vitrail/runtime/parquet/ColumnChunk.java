package dev.vitrail.runtime.parquet;

import dev.vitrail.runtime.parquet.ParquetColumn.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.zip.GZIPOutputStream;

/** The values that one column has in a row group, which become one page. */
final class ColumnChunk {
    private final ParquetColumn column;
    private final Levels repetitions = new Levels();
    private final Levels definitions = new Levels();
    private final Bytes values = new Bytes();
    private int count;
    private int bits;
    private int bitCount;

    ColumnChunk(ParquetColumn column) {
        this.column = column;
    }

    /**
     * Adds a row's value.
     *
     * @param value of the column's kind, or null
     * @throws IllegalArgumentException if it is of another kind, or null where it must not be
     */
    void add(Object value) {
        if (value == null) {
            if (!column.nullable()) {
                throw new IllegalArgumentException(column.name() + " is null, must not be");
            }
            addLevels(0, 1);
            return;
        }
        int present = column.nullable() ? 1 : 0;
        try {
            switch (column.kind()) {
                case STRING -> values.writeText((String) value);
                case INT -> values.writeInt((Integer) value);
                case DOUBLE -> values.writeLong(Double.doubleToRawLongBits((Double) value));
                case BOOLEAN -> addBit((Boolean) value);
                case FLOAT_LIST -> {
                    addFloats((FloatBuffer) value, present);
                    return;
                }
            }
        } catch (ClassCastException e) {
            throw new IllegalArgumentException(
                    column.name()
                            + " is a "
                            + value.getClass().getSimpleName()
                            + ", must be a "
                            + column.kind(),
                    e);
        }
        addLevels(present, 1);
    }

    private void addFloats(FloatBuffer floats, int present) {
        if (!floats.hasRemaining()) {
            addLevels(present, 1);
            return;
        }
        for (int i = floats.position(); i < floats.limit(); i++) {
            values.writeInt(Float.floatToRawIntBits(floats.get(i)));
        }
        // Level 0 begins a list, 1 goes on with it.
        repetitions.add(0, 1);
        repetitions.add(1, floats.remaining() - 1);
        definitions.add(present + 1, floats.remaining());
        count += floats.remaining();
    }

    private void addLevels(int definition, int times) {
        repetitions.add(0, times);
        definitions.add(definition, times);
        count += times;
    }

    private void addBit(boolean value) {
        bits |= (value ? 1 : 0) << bitCount++;
        if (bitCount == Byte.SIZE) {
            endBits();
        }
    }

    private void endBits() {
        if (bitCount > 0) {
            values.write(bits);
            bits = 0;
            bitCount = 0;
        }
    }

    ParquetColumn column() {
        return column;
    }

    /** How many levels there are: one for each value, for each null, and for each empty list. */
    int count() {
        return count;
    }

    /** About what it holds in memory. */
    long bytes() {
        return (long) values.size() + repetitions.bytes() + definitions.bytes();
    }

    /** The page's body: levels, then values. */
    byte[] page() {
        endBits();
        Bytes page = new Bytes();
        if (column.isList()) {
            repetitions.writeTo(page);
        }
        if (column.nullable() || column.isList()) {
            definitions.writeTo(page);
        }
        page.writeBytes(values.toByteArray());
        return page.toByteArray();
    }

    /** Single-precision numbers hardly shrink. */
    boolean isCompressed() {
        return column.kind() != Kind.FLOAT_LIST;
    }

    static byte[] gzip(byte[] page) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(page.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(page);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
