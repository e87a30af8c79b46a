package dev.vitrail.converter.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.Supplier;

/**
 * The elements of a tensor: row by row, little-endian, as ONNX files keep them.
 *
 * <p>Most implementations refer to memory that somebody else holds and touch it only in {@link
 * #writeTo}: a graph of ViT-H/14 is as small as its names until it is written. The small constants
 * made by {@link #ofLongs}, {@link #ofFloats} and {@link #ofBytes} hold their bytes, compare by
 * content, and are what passes may compute with ({@link #isInline}).
 */
public interface TensorData {

    /**
     * The size.
     *
     * @return bytes, which may be more than 2 GiB
     */
    long byteSize();

    /**
     * Writes every byte once, in order.
     *
     * @param channel where to; in blocking mode
     * @throws IOException if the channel fails
     */
    void writeTo(WritableByteChannel channel) throws IOException;

    /**
     * Whether the bytes are at hand and few, so that a pass may read them and compute with them.
     *
     * @return true for constants, false for weights
     */
    default boolean isInline() {
        return false;
    }

    /**
     * All bytes at once.
     *
     * @return a little-endian view or copy, from position 0 to the end, not to be written to
     * @throws IllegalStateException if there are more than one buffer can hold
     */
    default ByteBuffer bytes() {
        return InlineData.collect(this).bytes();
    }

    /**
     * Constant truth values, 8-bit numbers, or anything else whose bytes are at hand already.
     *
     * @param bytes little-endian elements; copied
     * @return inline data
     */
    static TensorData ofBytes(byte... bytes) {
        return new InlineData(bytes.clone());
    }

    /**
     * Constant 64-bit integers, such as a shape.
     *
     * @param values the elements
     * @return inline data for {@link ElementType#INT64}
     */
    static TensorData ofLongs(long... values) {
        return InlineData.of(Long.BYTES * values.length, b -> b.asLongBuffer().put(values));
    }

    /**
     * Constant 32-bit integers.
     *
     * @param values the elements
     * @return inline data for {@link ElementType#INT32}
     */
    static TensorData ofInts(int... values) {
        return InlineData.of(Integer.BYTES * values.length, b -> b.asIntBuffer().put(values));
    }

    /**
     * Constant 32-bit floats.
     *
     * @param values the elements
     * @return inline data for {@link ElementType#FLOAT}
     */
    static TensorData ofFloats(float... values) {
        return InlineData.of(Float.BYTES * values.length, b -> b.asFloatBuffer().put(values));
    }

    /**
     * Constant 64-bit floats.
     *
     * @param values the elements
     * @return inline data for {@link ElementType#DOUBLE}
     */
    static TensorData ofDoubles(double... values) {
        return InlineData.of(Double.BYTES * values.length, b -> b.asDoubleBuffer().put(values));
    }

    /**
     * Weights in somebody else's memory: a mapped file, an engine's array.
     *
     * @param byteSize the size of all buffers together
     * @param buffers asked once for each reading; gives the bytes from each buffer's position to
     *     its limit, one after the other; several where one buffer cannot hold them. What it
     *     allocates is let go when the reading ends
     * @return data that refers to the buffers
     */
    static TensorData ofBuffers(long byteSize, Supplier<List<ByteBuffer>> buffers) {
        return new BufferData(byteSize, buffers);
    }

    /**
     * A matrix with rows and columns exchanged, as a {@code Linear} weight {@code [out, in]}
     * becomes the {@code [in, out]} that {@code MatMul} wants. It is transposed tile by tile while
     * it is written; there is never a whole copy.
     *
     * @param source the matrix {@code [rows, columns]}
     * @param rows rows of the source
     * @param columns columns of the source
     * @param elementBytes bytes of one element: 1, 2, 4 or 8
     * @return the matrix {@code [columns, rows]}
     */
    static TensorData transposed(TensorData source, long rows, long columns, int elementBytes) {
        return TransposedData.of(source, rows, columns, elementBytes);
    }
}
