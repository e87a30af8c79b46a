package dev.vitrail.converter.verify;

import dev.vitrail.converter.trace.NumberType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a network is fed once, in DJL and in ONNX Runtime alike.
 *
 * @param label what to call it in a report, such as {@code random, batch 3}
 * @param arrays the inputs by name
 */
public record Sample(String label, Map<String, Content> arrays) {

    /**
     * Copies the map.
     *
     * @param label what to call it in a report, such as {@code random, batch 3}
     * @param arrays the inputs by name
     */
    public Sample {
        arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    }

    /**
     * One input.
     *
     * @param numbers type of its numbers
     * @param shape size of each axis
     * @param bytes the numbers in a direct buffer of the machine's byte order
     */
    public record Content(NumberType numbers, long[] shape, ByteBuffer bytes) {

        /**
         * Checks that the numbers fit the shape.
         *
         * @param numbers type of its numbers
         * @param shape size of each axis
         * @param bytes the numbers in a direct buffer of the machine's byte order
         */
        public Content {
            long count = 1;
            for (long size : shape) {
                count = Math.multiplyExact(count, size);
            }
            if (!bytes.isDirect() || bytes.remaining() != count * numbers.bytes()) {
                throw new IllegalArgumentException(
                        bytes.remaining() + " bytes for " + count + " numbers of " + numbers);
            }
        }
    }

    /**
     * Returns a sample of one single-precision input, such as real images.
     *
     * @param label what to call it in a report
     * @param input name of the input
     * @param values its numbers; copied
     * @param shape size of each axis
     * @return the sample
     */
    public static Sample of(String label, String input, FloatBuffer values, long... shape) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.remaining() * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values.duplicate());
        return new Sample(
                label, Map.of(input, new Content(NumberType.FLOAT32, shape.clone(), bytes)));
    }
}
