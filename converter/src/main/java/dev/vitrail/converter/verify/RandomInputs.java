package dev.vitrail.converter.verify;

import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Seeded random inputs: floats from the standard normal distribution, integers below a bound. */
final class RandomInputs {
    private final Random random;
    private final Map<String, Long> integerBounds;

    RandomInputs(long seed, Map<String, Long> integerBounds) {
        this.random = new Random(seed);
        this.integerBounds = integerBounds;
    }

    Sample sample(Iterable<ArrayInput> inputs, Map<String, Long> sizes) {
        Map<String, Sample.Content> arrays = new LinkedHashMap<>();
        for (ArrayInput input : inputs) {
            arrays.put(input.name(), content(input, sizes));
        }
        StringBuilder label = new StringBuilder("random");
        sizes.forEach((axis, size) -> label.append(", ").append(axis).append(' ').append(size));
        return new Sample(label.toString(), arrays);
    }

    private Sample.Content content(ArrayInput input, Map<String, Long> sizes) {
        long[] shape =
                input.type().shape().stream()
                        .mapToLong((Extent extent) -> extent.at(sizes))
                        .toArray();
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        NumberType numbers = input.type().numbers();
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(count * numbers.bytes()))
                        .order(ByteOrder.nativeOrder());
        int bound = Math.toIntExact(integerBounds.getOrDefault(input.name(), 2L));
        for (long i = 0; i < count; i++) {
            switch (numbers) {
                case FLOAT32 -> bytes.putFloat((float) random.nextGaussian());
                case FLOAT64 -> bytes.putDouble(random.nextGaussian());
                case INT64 -> bytes.putLong(random.nextInt(bound));
                case INT32 -> bytes.putInt(random.nextInt(bound));
                case INT16 -> bytes.putShort((short) random.nextInt(bound));
                case INT8, UINT8 -> bytes.put((byte) random.nextInt(bound));
                case BOOLEAN -> bytes.put((byte) random.nextInt(2));
                // Half precision has no kernels on the CPU that DJL would compare with.
                case FLOAT16, BFLOAT16 ->
                        throw new IllegalArgumentException("no random inputs of " + numbers);
            }
        }
        return new Sample.Content(numbers, shape, bytes.flip());
    }
}
