package dev.vitrail.converter.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A matrix whose rows and columns are exchanged while it is written.
 *
 * <p>Some columns of the source at a time become rows of a buffer of a megabyte, in square tiles,
 * so that both the reading and the writing side stay in the processor's caches. Elements of 4
 * bytes, which nearly all weights have, go through arrays in runs: twice as fast as one by one.
 */
final class TransposedData implements TensorData {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int TILE_ROWS = 32;
    private static final int TILE_COLUMNS = 64;

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
        int stripe = stripe();
        ByteBuffer out =
                ByteBuffer.allocateDirect(Math.toIntExact((long) stripe * rows * elementBytes))
                        .order(ByteOrder.LITTLE_ENDIAN);
        Turn turn = elementBytes == Integer.BYTES ? new IntTurn(out) : new AnyTurn(out);
        for (int from = 0; from < columns; from += stripe) {
            int width = Math.min(stripe, columns - from);
            for (int row = 0; row < rows; row += TILE_ROWS) {
                for (int column = 0; column < width; column += TILE_COLUMNS) {
                    turn.tile(matrix, row, from, column, width);
                }
            }
            out.clear().limit(width * rows * elementBytes);
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }
    }

    /** How many columns fill the buffer, in whole tiles or halves and quarters of one. */
    private int stripe() {
        int fitting = BUFFER_BYTES / elementBytes / rows;
        int grain = TILE_COLUMNS;
        while (grain > fitting) {
            grain /= 2;
        }
        return Math.min(columns, Math.max(1, fitting - (grain > 0 ? fitting % grain : 0)));
    }

    /** Puts one tile of the source where it belongs in the buffer. */
    private interface Turn {
        /** The tile at a row and, counted from where the stripe begins, a column. */
        void tile(Matrix matrix, int row, int from, int column, int width);
    }

    /** Elements of 4 bytes, in runs. */
    private final class IntTurn implements Turn {
        private final IntBuffer out;
        private final int[] tile = new int[TILE_ROWS * TILE_COLUMNS];
        private final int[] turned = new int[TILE_ROWS * TILE_COLUMNS];

        IntTurn(ByteBuffer out) {
            this.out = out.asIntBuffer();
        }

        @Override
        public void tile(Matrix matrix, int row, int from, int column, int width) {
            int high = Math.min(TILE_ROWS, rows - row);
            int wide = Math.min(TILE_COLUMNS, width - column);
            for (int r = 0; r < high; r++) {
                long start = (long) (row + r) * columns + from + column;
                matrix.read(start, tile, r * TILE_COLUMNS, wide);
            }
            int done = high - high % 4;
            for (int r = 0; r < done; r += 4) {
                fourRows(r, wide);
            }
            for (int r = done; r < high; r++) {
                for (int c = 0; c < wide; c++) {
                    turned[c * TILE_ROWS + r] = tile[r * TILE_COLUMNS + c];
                }
            }
            for (int c = 0; c < wide; c++) {
                out.put((column + c) * rows + row, turned, c * TILE_ROWS, high);
            }
        }

        /** Four at a time, because what is written then lies side by side: a third less time. */
        private void fourRows(int row, int wide) {
            int first = row * TILE_COLUMNS;
            for (int c = 0; c < wide; c++) {
                int from = first + c;
                int to = c * TILE_ROWS + row;
                turned[to] = tile[from];
                turned[to + 1] = tile[from + TILE_COLUMNS];
                turned[to + 2] = tile[from + 2 * TILE_COLUMNS];
                turned[to + 3] = tile[from + 3 * TILE_COLUMNS];
            }
        }
    }

    /** Elements of any size, one by one. */
    private final class AnyTurn implements Turn {
        private final ByteBuffer out;

        AnyTurn(ByteBuffer out) {
            this.out = out;
        }

        @Override
        public void tile(Matrix matrix, int row, int from, int column, int width) {
            int lastRow = Math.min(row + TILE_ROWS, rows);
            int lastColumn = Math.min(column + TILE_COLUMNS, width);
            for (int r = row; r < lastRow; r++) {
                for (int c = column; c < lastColumn; c++) {
                    long place = ((long) r * columns + from + c) * elementBytes;
                    int to = (c * rows + r) * elementBytes;
                    for (int i = 0; i < elementBytes; i++) {
                        out.put(to + i, matrix.byteAt(place + i));
                    }
                }
            }
        }
    }

    /** Random access to the source, wherever its buffers begin and end. */
    private static final class Matrix {
        private final List<ByteBuffer> buffers;
        private final List<IntBuffer> ints;

        Matrix(TensorData source) {
            List<ByteBuffer> opened =
                    source instanceof BufferData data ? data.open() : List.of(source.bytes());
            buffers = opened.stream().map(b -> b.order(ByteOrder.LITTLE_ENDIAN)).toList();
            buffers.forEach(Matrix::load);
            ints = buffers.stream().map(ByteBuffer::asIntBuffer).toList();
        }

        /**
         * Column by column a file would be read in small pieces from everywhere, which a disk does
         * at a tenth of its speed.
         */
        private static void load(ByteBuffer buffer) {
            if (buffer instanceof MappedByteBuffer mapped) {
                mapped.load();
            }
        }

        /** Copies elements of 4 bytes, given the number of the first. */
        void read(long first, int[] to, int at, int count) {
            long start = first * Integer.BYTES;
            long end = start + (long) count * Integer.BYTES;
            long before = 0;
            for (int i = 0; i < buffers.size(); i++) {
                long after = before + buffers.get(i).limit();
                if (start >= before && end <= after && (start - before) % Integer.BYTES == 0) {
                    ints.get(i).get((int) ((start - before) / Integer.BYTES), to, at, count);
                    return;
                }
                before = after;
            }
            for (int i = 0; i < count; i++) {
                int value = 0;
                for (int b = Integer.BYTES - 1; b >= 0; b--) {
                    value = value << 8 | byteAt(start + (long) i * Integer.BYTES + b) & 0xFF;
                }
                to[at + i] = value;
            }
        }

        byte byteAt(long index) {
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
