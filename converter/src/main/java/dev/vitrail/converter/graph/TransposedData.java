package dev.vitrail.converter.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A matrix whose rows and columns are exchanged while it is written.
 *
 * <p>Some columns of the source at a time become rows of a buffer of a few megabytes, in square
 * tiles, so that both the reading and the writing side stay in the processor's caches.
 */
final class TransposedData implements TensorData {
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int TILE = 16;

    private final TensorData source;
    private final int rows;
    private final int columns;
    private final int elementBytes;

    private TransposedData(TensorData source, int rows, int columns, int elementBytes) {
        this.source = source;
        this.rows = rows;
        this.columns = columns;
        this.elementBytes = elementBytes;
    }

    static TensorData of(TensorData source, long rows, long columns, int elementBytes) {
        if (Math.multiplyExact(Math.multiplyExact(rows, columns), elementBytes)
                != source.byteSize()) {
            throw new IllegalArgumentException(
                    String.format(
                            "%d rows of %d elements of %d bytes are not %d bytes",
                            rows, columns, elementBytes, source.byteSize()));
        }
        if (elementBytes != 1 && elementBytes != 2 && elementBytes != 4 && elementBytes != 8) {
            throw new IllegalArgumentException(
                    "elements of " + elementBytes + " bytes, not 1, 2, 4 or 8");
        }
        if (rows <= 1 || columns <= 1) {
            return source;
        }
        if (source instanceof TransposedData twice
                && twice.rows == columns
                && twice.elementBytes == elementBytes) {
            return twice.source;
        }
        TransposedData view =
                new TransposedData(
                        source, Math.toIntExact(rows), Math.toIntExact(columns), elementBytes);
        return source.isInline() ? InlineData.collect(view) : view;
    }

    @Override
    public long byteSize() {
        return source.byteSize();
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        Matrix matrix = new Matrix(source);
        int stripe = Math.max(1, Math.min(columns, BUFFER_BYTES / elementBytes / rows));
        ByteBuffer out =
                ByteBuffer.allocateDirect(Math.toIntExact((long) stripe * rows * elementBytes))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < columns; from += stripe) {
            int width = Math.min(stripe, columns - from);
            out.clear();
            for (int row = 0; row < rows; row += TILE) {
                for (int column = 0; column < width; column += TILE) {
                    tile(matrix, out, row, from, column, width);
                }
            }
            out.limit(width * rows * elementBytes);
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }
    }

    private void tile(Matrix matrix, ByteBuffer out, int row, int from, int column, int width) {
        int lastRow = Math.min(row + TILE, rows);
        int count = Math.min(TILE, width - column);
        int step = rows * elementBytes;
        for (int r = row; r < lastRow; r++) {
            long start = ((long) r * columns + from + column) * elementBytes;
            ByteBuffer in = matrix.seek(start, count * elementBytes);
            int at = matrix.position;
            int to = (column * rows + r) * elementBytes;
            switch (elementBytes) {
                case 1 -> {
                    for (int i = 0; i < count; i++) {
                        out.put(to + i * step, in.get(at + i));
                    }
                }
                case 2 -> {
                    for (int i = 0; i < count; i++) {
                        out.putShort(to + i * step, in.getShort(at + 2 * i));
                    }
                }
                case 4 -> {
                    for (int i = 0; i < count; i++) {
                        out.putInt(to + i * step, in.getInt(at + 4 * i));
                    }
                }
                default -> {
                    for (int i = 0; i < count; i++) {
                        out.putLong(to + i * step, in.getLong(at + 8 * i));
                    }
                }
            }
        }
    }

    /** Random access to the source, wherever its buffers begin and end. */
    private static final class Matrix {
        private final List<ByteBuffer> buffers;
        private final ByteBuffer straddling = ByteBuffer.allocate(TILE * Long.BYTES);
        private int position;

        Matrix(TensorData source) {
            List<ByteBuffer> opened =
                    source instanceof BufferData data ? data.open() : List.of(source.bytes());
            buffers = opened.stream().map(b -> b.order(ByteOrder.LITTLE_ENDIAN)).toList();
            straddling.order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Gives a buffer that holds the bytes asked for, from {@link #position} on. */
        ByteBuffer seek(long start, int length) {
            long before = 0;
            for (ByteBuffer buffer : buffers) {
                if (start + length <= before + buffer.limit()) {
                    position = (int) (start - before);
                    if (position >= 0) {
                        return buffer;
                    }
                    break;
                }
                before += buffer.limit();
            }
            for (int i = 0; i < length; i++) {
                straddling.put(i, byteAt(start + i));
            }
            position = 0;
            return straddling;
        }

        private byte byteAt(long index) {
            long within = index;
            for (ByteBuffer buffer : buffers) {
                if (within < buffer.limit()) {
                    return buffer.get((int) within);
                }
                within -= buffer.limit();
            }
            throw new IllegalStateException("byte " + index + " is beyond the matrix");
        }
    }
}
