package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * First values of a network's parameters, from a seed.
 *
 * <ul>
 *   <li>class token, positions, linear layers: truncated normal, deviation 0.02, cut at ±2. The
 *       bound is absolute, as in timm's {@code trunc_normal_}: a hundred deviations away, where
 *       nothing is ever cut. DJL's own truncated normal cuts at two deviations and so has a smaller
 *       spread;
 *   <li>convolutions: normal with variance 2 / (filters · kernel area), Kaiming's fan-out form;
 *   <li>biases and shifts zero, scales one.
 * </ul>
 *
 * <p>Values come from a Java generator of its own for each parameter, seeded with the seed and the
 * parameter's name: neither the engine, its random state nor its threads, nor another parameter,
 * has a say in them.
 */
final class Initialization {

    private static final float TOKEN_DEVIATION = 0.02f;
    private static final float TOKEN_BOUND = 2;

    private final long seed;
    private SoftReference<ByteBuffer> staging = new SoftReference<>(null);

    Initialization(long seed) {
        this.seed = seed;
    }

    /** Sets the initializer of every parameter of a block that has none of its own. */
    void applyTo(Block block) {
        ParameterNames.of(block)
                .parameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(initializer(name, parameter)));
    }

    private Initializer initializer(String name, Parameter parameter) {
        return switch (parameter.getType()) {
            case WEIGHT, OTHER -> (manager, shape, type) -> random(manager, shape, type, name);
            case BIAS, BETA, RUNNING_MEAN -> Initializer.ZEROS;
            case GAMMA, RUNNING_VAR -> Initializer.ONES;
        };
    }

    private NDArray random(NDManager manager, Shape shape, DataType type, String name) {
        SplittableRandom generator = new SplittableRandom(mix(seed, name));
        long count = shape.size();
        ByteBuffer bytes = staging(Math.multiplyExact(count, Float.BYTES));
        FloatBuffer values = bytes.asFloatBuffer();
        boolean convolution = shape.dimension() == 4;
        float deviation =
                convolution
                        ? (float) Math.sqrt(2.0 / (shape.get(0) * shape.get(2) * shape.get(3)))
                        : TOKEN_DEVIATION;
        float bound = convolution ? Float.POSITIVE_INFINITY : TOKEN_BOUND;
        for (long i = 0; i < count; i++) {
            values.put(truncatedNormal(generator, deviation, bound));
        }
        // The first array looks into the buffer; the second owns memory of the engine, so that
        // weights do not count against the JVM's direct memory and the buffer can be used again.
        try (NDArray view = manager.create(bytes, shape, DataType.FLOAT32)) {
            return type == DataType.FLOAT32 ? view.duplicate() : view.toType(type, false);
        }
    }

    private static float truncatedNormal(SplittableRandom generator, float deviation, float bound) {
        float value;
        do {
            value = (float) (generator.nextGaussian() * deviation);
        } while (Math.abs(value) > bound);
        return value;
    }

    private ByteBuffer staging(long bytes) {
        ByteBuffer buffer = staging.get();
        if (buffer == null || buffer.capacity() < bytes) {
            buffer =
                    ByteBuffer.allocateDirect(Math.toIntExact(bytes))
                            .order(ByteOrder.nativeOrder());
            staging = new SoftReference<>(buffer);
        }
        return buffer.clear().limit((int) bytes);
    }

    /** FNV-1a over the name, from the seed: a fixed function, unlike what a JDK may hash. */
    private static long mix(long seed, String name) {
        long hash = 0xcbf29ce484222325L ^ seed;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
