package dev.vitrail.converter;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.onnx.WeightCheck;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Refuses parameters with numbers that are none: a network with one such weight answers everything
 * with it.
 *
 * <p>Parameters are looked at on their way to the file, so that none is read for this alone. Only
 * those that the file does not have, because a pass made something else of them, are read before.
 */
final class FiniteCheck implements WeightCheck {
    private final Map<String, TensorData> written = new HashMap<>();

    /**
     * Reads the parameters that the graph does not have under their own names.
     *
     * @throws ExportException if one of them is not finite
     */
    FiniteCheck(Trace trace, Graph graph, Function<String, TensorData> source) {
        Set<String> initializers = new HashSet<>();
        graph.initializers().forEach(initializer -> initializers.add(initializer.name()));
        for (Trace.Named weight : trace.weights()) {
            if (weight.type().numbers() == NumberType.FLOAT32) {
                TensorData parameter = source.apply(weight.name());
                if (initializers.contains(weight.name())) {
                    written.put(weight.name(), parameter);
                } else {
                    search(weight.name(), parameter);
                }
            }
        }
    }

    @Override
    public WritableByteChannel over(Initializer initializer, WritableByteChannel file) {
        String name = initializer.name();
        TensorData parameter = written.get(name);
        if (parameter == null) {
            return file;
        }
        return new Look(name, file) {
            @Override
            void refuse(IntBuffer numbers) {
                // What is written may be transposed: the parameter itself says which number it is.
                search(name, parameter);
                throw new ExportException(
                        "parameter "
                                + name
                                + ": is finite, but what the graph makes of it is not; the batch"
                                + " normalisation that is folded into it is out of range");
            }
        };
    }

    /** Reads a parameter to the first number that is none, and says which it is. */
    private static void search(String name, TensorData parameter) {
        try (Look look = new Look(name, null)) {
            parameter.writeTo(look);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks at numbers and hands them on, if there is somebody to take them. */
    private static class Look implements WritableByteChannel {
        private static final int EXPONENT = 0x7f800000;

        /**
         * Added to the exponent it reaches the sign exactly if all bits of the exponent are set.
         */
        private static final int LOWEST_OF_EXPONENT = 0x00800000;

        private static final int CHUNK = 2048;

        private final String name;
        private final WritableByteChannel next;
        private final int[] chunk = new int[CHUNK];
        private long place;

        Look(String name, WritableByteChannel next) {
            this.name = name;
            this.next = next;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int bytes = source.remaining();
            if (bytes % Float.BYTES != 0) {
                throw new IllegalStateException("a float is cut in two in " + name);
            }
            IntBuffer numbers = source.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
            if (!allFinite(numbers)) {
                refuse(numbers.rewind());
            }
            place += bytes / Float.BYTES;
            if (next == null) {
                source.position(source.limit());
                return bytes;
            }
            return next.write(source);
        }

        /** From an array and without a branch for each number: so it is done in vectors. */
        private boolean allFinite(IntBuffer numbers) {
            int seen = 0;
            while (numbers.hasRemaining()) {
                int count = Math.min(CHUNK, numbers.remaining());
                numbers.get(chunk, 0, count);
                for (int i = 0; i < count; i++) {
                    seen |= (chunk[i] & EXPONENT) + LOWEST_OF_EXPONENT;
                }
            }
            return seen >= 0;
        }

        void refuse(IntBuffer numbers) {
            int at = 0;
            while (Float.isFinite(Float.intBitsToFloat(numbers.get(at)))) {
                at++;
            }
            throw new ExportException(
                    "parameter "
                            + name
                            + ": number "
                            + (place + at)
                            + " is "
                            + Float.intBitsToFloat(numbers.get(at))
                            + ", must be finite; the training has diverged or the file is damaged");
        }

        @Override
        public boolean isOpen() {
            return next == null || next.isOpen();
        }

        @Override
        public void close() {
            // Whoever made the other channel closes it.
        }
    }
}
