package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The values behind an npy header, as floats in row-major order. */
final class NpyValues {

    /** Bytes read at a time; a multiple of every element's size. */
    private static final int CHUNK = 1 << 18;

    private final NpyHeader header;
    private final InputStream input;
    private final Function<String, WeightsException> refusal;

    /**
     * @param header of float elements
     * @param input behind the header
     * @param refusal makes an exception of a problem
     */
    NpyValues(NpyHeader header, InputStream input, Function<String, WeightsException> refusal) {
        this.header = header;
        this.input = input;
        this.refusal = refusal;
    }

    /** Gives all values; the input is then at the end of the array. */
    void copyTo(FloatSink sink) throws IOException {
        if (header.fortranOrder() && header.shape().dimension() > 1) {
            transpose(sink);
        } else {
            copyTo(sink, header.dataBytes());
        }
    }

    /** Gives the values of so many bytes, in the order of the file. */
    void copyTo(FloatSink sink, long dataBytes) throws IOException {
        int size = header.type().bits() / Byte.SIZE;
        byte[] bytes = new byte[(int) Math.min(CHUNK, dataBytes)];
        FloatBuffer values = FloatBuffer.allocate(bytes.length / size);
        long left = dataBytes;
        while (left > 0) {
            int count = (int) Math.min(bytes.length, left);
            int read = input.readNBytes(bytes, 0, count);
            if (read < count) {
                throw refusal.apply(
                        String.format(
                                "ends after %d of its %d bytes of data",
                                dataBytes - left + read, dataBytes));
            }
            Widening.put(
                    ByteBuffer.wrap(bytes, 0, count).order(header.order()),
                    header.type(),
                    values.clear());
            sink.put(values.flip());
            left -= count;
        }
    }

    /**
     * First axis fastest to last axis fastest. The whole array must be here for that, in pieces
     * that are made as the data comes: a size that is only claimed costs nothing.
     */
    private void transpose(FloatSink sink) throws IOException {
        List<float[]> pieces = new ArrayList<>();
        copyTo(
                values -> {
                    float[] piece = new float[values.remaining()];
                    values.get(piece);
                    pieces.add(piece);
                },
                header.dataBytes());
        if (pieces.isEmpty()) {
            return;
        }
        int pieceLength = pieces.get(0).length; // all but the last are full
        long[] shape = header.shape().getShape();
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        long[] index = new long[shape.length];
        FloatBuffer row = FloatBuffer.allocate(pieceLength);
        long place = 0;
        for (long i = 0; i < stride; i++) {
            row.put(pieces.get((int) (place / pieceLength))[(int) (place % pieceLength)]);
            if (!row.hasRemaining()) {
                sink.put(row.flip());
                row.clear();
            }
            int axis = shape.length - 1;
            place += strides[axis];
            while (++index[axis] == shape[axis] && axis > 0) {
                index[axis] = 0;
                place -= strides[axis] * shape[axis];
                place += strides[--axis];
            }
        }
        if (row.position() > 0) {
            sink.put(row.flip());
        }
    }
}
