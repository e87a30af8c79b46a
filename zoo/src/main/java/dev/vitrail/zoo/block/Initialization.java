package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.ConstantInitializer;
import ai.djl.training.initializer.Initializer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Stem;
import dev.vitrail.zoo.grid.SinCosPositions;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * First values of a network's parameters, from a seed.
 *
 * <ul>
 *   <li>class and distillation token, learned positions, linear layers: truncated normal, deviation
 *       0.02, cut at ±2. The bound is absolute, as in timm's {@code trunc_normal_}: a hundred
 *       deviations away, where nothing is ever cut. DJL's own truncated normal cuts at two
 *       deviations and so has a smaller spread;
 *   <li>register tokens: normal, deviation 1e-6 (timm);
 *   <li>the query of attention pooling: truncated normal, deviation {@code dim^-0.5}, cut at two
 *       deviations (timm's {@code trunc_normal_tf_});
 *   <li>the projection of patches of an image: uniform within {@code 1 / sqrt(inputs)}, PyTorch's
 *       default, to which timm leaves it. The fan-out form below counts the filters, many more than
 *       the three channels of a pixel: its deviation is {@code sqrt(dim / 18)} times smaller;
 *   <li>other convolutions, and the projection behind a stem: normal with variance 2 / (filters ·
 *       kernel area), Kaiming's fan-out form;
 *   <li>layer scale: the config's value;
 *   <li>biases, shifts and running means zero, scales and running variances one, but zero the scale
 *       of a bottleneck's last norm, so that the block begins as its shortcut (Kolesnikov et al.
 *       2020 and timm);
 *   <li>fixed positions: {@link SinCosPositions}.
 * </ul>
 *
 * <p>A masked autoencoder's linear layers, and its patch projection as if it were one, are Xavier's
 * instead: uniform within {@code sqrt(6 / (inputs + outputs))} (Glorot and Bengio 2010), as in the
 * code of its authors; queries, keys and values are one layer there too.
 *
 * <p>Values come from a Java generator of its own for each parameter, seeded with the seed and the
 * parameter's name: neither the engine, its random state nor its threads, nor another parameter,
 * has a say in them.
 */
final class Initialization {

    private static final Normal LINEAR = new Normal(0.02f, 2);
    private static final Normal REGISTER = new Normal(1e-6f, Float.POSITIVE_INFINITY);

    private final long seed;
    private final Architecture architecture;
    private final boolean xavier;
    private SoftReference<ByteBuffer> staging = new SoftReference<>(null);

    Initialization(long seed, Architecture architecture) {
        this(seed, architecture, false);
    }

    private Initialization(long seed, Architecture architecture, boolean xavier) {
        this.seed = seed;
        this.architecture = architecture;
        this.xavier = xavier;
    }

    /** As a masked autoencoder begins. */
    static Initialization xavier(long seed, Architecture architecture) {
        return new Initialization(seed, architecture, true);
    }

    /** Where single values come from. */
    private sealed interface Distribution {
        float next(SplittableRandom generator);
    }

    /** Uniform between a bound and its negative. */
    private record Uniform(float bound) implements Distribution {

        @Override
        public float next(SplittableRandom generator) {
            return (float) generator.nextDouble(-bound, bound);
        }
    }

    /** A normal distribution around 0, drawn again beyond a bound. */
    private record Normal(float deviation, float bound) implements Distribution {

        @Override
        public float next(SplittableRandom generator) {
            float value;
            do {
                value = (float) (generator.nextGaussian() * deviation);
            } while (Math.abs(value) > bound);
            return value;
        }
    }

    /** Sets the initializer of every parameter of a network. */
    void applyTo(Block block) {
        ParameterNames.of(block)
                .parameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(initializer(name, parameter)));
    }

    private Initializer initializer(String name, Parameter parameter) {
        return switch (parameter.getType()) {
            case WEIGHT -> weight(name);
            case OTHER -> other(name);
            case BIAS, BETA, RUNNING_MEAN -> Initializer.ZEROS;
            case GAMMA -> name.endsWith(".norm3.weight") ? Initializer.ZEROS : Initializer.ONES;
            case RUNNING_VAR -> Initializer.ONES;
        };
    }

    /** Tokens, positions and layer scale: what DJL has no type for. */
    private Initializer other(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return switch (last) {
            case "gamma" -> new ConstantInitializer((float) architecture.layerScale());
            case "pos_embed" ->
                    architecture.positionEmbedding().isLearned()
                            ? random(name, LINEAR)
                            : (manager, shape, type) -> positions(manager, shape);
            case "reg_token" -> random(name, REGISTER);
            case "latent" -> {
                float deviation = (float) (1 / Math.sqrt(architecture.dim()));
                yield random(name, new Normal(deviation, 2 * deviation));
            }
            default -> random(name, LINEAR);
        };
    }

    private NDArray positions(NDManager manager, Shape shape) {
        return manager.create(SinCosPositions.of(architecture), shape);
    }

    private Initializer weight(String name) {
        return (manager, shape, type) -> random(manager, shape, type, name, weights(name, shape));
    }

    private Initializer random(String name, Distribution values) {
        return (manager, shape, type) -> random(manager, shape, type, name, values);
    }

    private Distribution weights(String name, Shape shape) {
        if (xavier) {
            long outputs = shape.get(0);
            return new Uniform((float) Math.sqrt(6.0 / (shape.size() / outputs + outputs)));
        }
        if (architecture.stem().equals(Stem.PATCH) && name.equals("patch_embed.proj.weight")) {
            return new Uniform((float) Math.sqrt((double) shape.get(0) / shape.size()));
        }
        return shape.dimension() == 4 ? fanOut(shape) : LINEAR;
    }

    private static Normal fanOut(Shape kernel) {
        double variance = 2.0 / (kernel.get(0) * kernel.get(2) * kernel.get(3));
        return new Normal((float) Math.sqrt(variance), Float.POSITIVE_INFINITY);
    }

    private NDArray random(
            NDManager manager, Shape shape, DataType type, String name, Distribution source) {
        SplittableRandom generator = new SplittableRandom(mix(seed, name));
        long count = shape.size();
        ByteBuffer bytes = staging(Math.multiplyExact(count, Float.BYTES));
        FloatBuffer values = bytes.asFloatBuffer();
        for (long i = 0; i < count; i++) {
            values.put(source.next(generator));
        }
        // The first array looks into the buffer; the second owns memory of the engine, so that
        // weights do not count against the JVM's direct memory and the buffer can be used again.
        try (NDArray view = manager.create(bytes, shape, DataType.FLOAT32)) {
            return type == DataType.FLOAT32 ? view.duplicate() : view.toType(type, false);
        }
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
