package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Values of one tensor on their way into a file: counted, narrowed, written piece by piece. */
final class TensorOutput implements FloatSink {

    /** Few enough that they are in the processor's cache when they are copied again. */
    private static final int CHUNK_VALUES = 1 << 14;

    private static final short HALF_INFINITY = 0x7C00;

    private final Path file;
    private final BlockFile output;
    private final StreamedTensor tensor;
    private final long expected;
    private final ByteBuffer chunk;
    private long taken;

    private TensorOutput(Path file, BlockFile output, StreamedTensor tensor) {
        this.file = file;
        this.output = output;
        this.tensor = tensor;
        this.expected = tensor.shape().size();
        int values = (int) Math.min(CHUNK_VALUES, Math.max(1, expected));
        this.chunk =
                ByteBuffer.allocate(values * (tensor.type().bits() / Byte.SIZE))
                        .order(ByteOrder.LITTLE_ENDIAN);
    }

    static void write(Path file, BlockFile output, StreamedTensor tensor) throws IOException {
        TensorOutput values = new TensorOutput(file, output, tensor);
        tensor.values().copyTo(values);
        if (values.taken != values.expected) {
            throw values.miscounted(values.taken);
        }
    }

    @Override
    public void put(FloatBuffer values) throws IOException {
        if (values.remaining() > expected - taken) {
            throw miscounted(taken + values.remaining());
        }
        int room = chunk.capacity() / (tensor.type().bits() / Byte.SIZE);
        FloatBuffer rest = values.duplicate();
        while (rest.hasRemaining()) {
            FloatBuffer piece = rest.slice();
            piece.limit(Math.min(room, piece.remaining()));
            checkRange(piece);
            int count = piece.remaining();
            Narrowing.put(piece, tensor.type(), chunk.clear());
            output.append(chunk.flip());
            rest.position(rest.position() + count);
            taken += count;
        }
        values.position(values.limit());
    }

    /** Only F16 has a smaller range than 32-bit floats; rounding may carry BF16 over as well. */
    private void checkRange(FloatBuffer piece) {
        boolean narrow = tensor.type() == ElementType.F16 || tensor.type() == ElementType.BF16;
        for (int i = 0; narrow && i < piece.limit(); i++) {
            float value = piece.get(i);
            boolean infinite =
                    tensor.type() == ElementType.F16
                            ? Narrowing.half(Math.abs(value)) == HALF_INFINITY
                            : Narrowing.brain(Math.abs(value)) == (short) 0x7F80;
            if (infinite && Float.isFinite(value)) {
                throw new WeightsException(
                        file,
                        String.format(
                                "tensor \"%s\" has %s at index %s, more than %s can hold; F32 can",
                                tensor.name(),
                                value,
                                Indexes.of(taken + i, tensor.shape()),
                                tensor.type()));
            }
        }
    }

    private IllegalStateException miscounted(long given) {
        return new IllegalStateException(
                String.format(
                        "tensor \"%s\" is %s, %d values, but got %d",
                        tensor.name(), tensor.shape(), expected, given));
    }
}
