package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import java.util.Objects;

/**
 * The network's sizes and switches: the {@code model} object of a config.
 *
 * <p>What follows from them (grid, tokens, head dimension, parameter count) is a method, computed
 * in {@code long} and with overflow checks. The constructor refuses with an {@link
 * IllegalArgumentException} what cannot be built; {@link ConfigReader} says the same in a sentence
 * for the config's author.
 *
 * @param imageHeight rows of the input, a multiple of the patch size
 * @param imageWidth columns of the input, a multiple of the patch size
 * @param patchSize edge of a patch in pixels
 * @param channels input channels, 3 for RGB
 * @param dim embedding width
 * @param depth number of encoder blocks
 * @param heads attention heads, a divisor of {@code dim}
 * @param mlpDim width between the two linear layers of an MLP
 * @param qkvBias whether the query-key-value layer has a bias
 * @param pooling how the sequence becomes one vector
 * @param normEpsilon what every layer norm adds to the variance
 * @param activation the MLP's activation
 * @param dropout share of values dropped after the position embedding, the attention's output layer
 *     and both linear layers of an MLP, in training
 * @param attentionDropout share of attention weights dropped in training
 * @param dropPath share of samples whose last branch is dropped in training; the rate rises
 *     linearly from 0 in the first encoder block to this in the last
 */
public record Architecture(
        int imageHeight,
        int imageWidth,
        int patchSize,
        int channels,
        int dim,
        int depth,
        int heads,
        int mlpDim,
        boolean qkvBias,
        Pooling pooling,
        double normEpsilon,
        ActivationKind activation,
        double dropout,
        double attentionDropout,
        double dropPath) {

    /** The layer norm epsilon of the JAX original, timm and torchvision. */
    public static final double DEFAULT_NORM_EPSILON = 1e-6;

    /** Width of an MLP over {@code dim} where a config names none. */
    public static final int DEFAULT_MLP_RATIO = 4;

    /**
     * Refuses sizes from which no network can be built.
     *
     * @param imageHeight as the component
     * @param imageWidth as the component
     * @param patchSize as the component
     * @param channels as the component
     * @param dim as the component
     * @param depth as the component
     * @param heads as the component
     * @param mlpDim as the component
     * @param qkvBias as the component
     * @param pooling as the component
     * @param normEpsilon as the component
     * @param activation as the component
     * @param dropout as the component
     * @param attentionDropout as the component
     * @param dropPath as the component
     * @throws IllegalArgumentException naming the component
     */
    public Architecture {
        Objects.requireNonNull(pooling, "pooling");
        Objects.requireNonNull(activation, "activation");
        requirePositive(imageHeight, "imageHeight");
        requirePositive(imageWidth, "imageWidth");
        requirePositive(patchSize, "patchSize");
        requirePositive(channels, "channels");
        requirePositive(dim, "dim");
        requirePositive(depth, "depth");
        requirePositive(heads, "heads");
        requirePositive(mlpDim, "mlpDim");
        require(
                imageHeight % patchSize == 0 && imageWidth % patchSize == 0,
                "patchSize " + patchSize + " must divide " + imageHeight + "x" + imageWidth);
        require(dim % heads == 0, "heads " + heads + " must divide dim " + dim);
        require(normEpsilon > 0 && normEpsilon < 1, "normEpsilon must be in (0, 1)");
        requireRate(dropout, "dropout");
        requireRate(attentionDropout, "attentionDropout");
        requireRate(dropPath, "dropPath");
    }

    /**
     * A square RGB network with every default: MLP ratio 4, qkv bias, class token pooling, epsilon
     * 1e-6, exact GELU, nothing dropped.
     *
     * @param imageSize rows and columns of the input
     * @param patchSize edge of a patch
     * @param dim embedding width
     * @param depth number of encoder blocks
     * @param heads attention heads
     * @return the architecture
     */
    public static Architecture of(int imageSize, int patchSize, int dim, int depth, int heads) {
        return of(imageSize, imageSize, patchSize, dim, depth, heads);
    }

    /**
     * An RGB network with every default, see {@link #of(int, int, int, int, int)}.
     *
     * @param imageHeight rows of the input
     * @param imageWidth columns of the input
     * @param patchSize edge of a patch
     * @param dim embedding width
     * @param depth number of encoder blocks
     * @param heads attention heads
     * @return the architecture
     */
    public static Architecture of(
            int imageHeight, int imageWidth, int patchSize, int dim, int depth, int heads) {
        return new Architecture(
                imageHeight,
                imageWidth,
                patchSize,
                3,
                dim,
                depth,
                heads,
                Math.multiplyExact(dim, DEFAULT_MLP_RATIO),
                true,
                Pooling.TOKEN,
                DEFAULT_NORM_EPSILON,
                ActivationKind.GELU,
                0,
                0,
                0);
    }

    /**
     * The same network with other rates of what training drops.
     *
     * @param dropout see {@link #dropout()}
     * @param attentionDropout see {@link #attentionDropout()}
     * @param dropPath see {@link #dropPath()}
     * @return a copy
     */
    public Architecture withDropping(double dropout, double attentionDropout, double dropPath) {
        return new Architecture(
                imageHeight,
                imageWidth,
                patchSize,
                channels,
                dim,
                depth,
                heads,
                mlpDim,
                qkvBias,
                pooling,
                normEpsilon,
                activation,
                dropout,
                attentionDropout,
                dropPath);
    }

    /**
     * The same network with another pooling.
     *
     * @param other the pooling
     * @return a copy
     */
    public Architecture withPooling(Pooling other) {
        return new Architecture(
                imageHeight,
                imageWidth,
                patchSize,
                channels,
                dim,
                depth,
                heads,
                mlpDim,
                qkvBias,
                other,
                normEpsilon,
                activation,
                dropout,
                attentionDropout,
                dropPath);
    }

    /**
     * The same network with or without a bias in the query-key-value layer.
     *
     * @param bias whether there is one
     * @return a copy
     */
    public Architecture withQkvBias(boolean bias) {
        return new Architecture(
                imageHeight,
                imageWidth,
                patchSize,
                channels,
                dim,
                depth,
                heads,
                mlpDim,
                bias,
                pooling,
                normEpsilon,
                activation,
                dropout,
                attentionDropout,
                dropPath);
    }

    /**
     * Width of one attention head.
     *
     * @return {@code dim / heads}
     */
    public int headDim() {
        return dim / heads;
    }

    /**
     * Patches from top to bottom.
     *
     * @return {@code imageHeight / patchSize}
     */
    public int gridHeight() {
        return imageHeight / patchSize;
    }

    /**
     * Patches from left to right.
     *
     * @return {@code imageWidth / patchSize}
     */
    public int gridWidth() {
        return imageWidth / patchSize;
    }

    /**
     * Patches of one image.
     *
     * @return grid height times grid width
     */
    public long patches() {
        return (long) gridHeight() * gridWidth();
    }

    /**
     * Length of the token sequence.
     *
     * @return the patches and the class token
     */
    public long tokens() {
        return patches() + 1;
    }

    /**
     * Number of trained values, exact.
     *
     * @param classes outputs of the head
     * @return the count
     * @throws ArithmeticException beyond 2⁶³
     */
    public long parameterCount(int classes) {
        long d = dim;
        long patchKernel =
                multiply(channels, (long) patchSize * patchSize, d); // [dim, channels, P, P]
        long qkv = Math.addExact(multiply(3, d, d), qkvBias ? 3 * d : 0);
        long projection = Math.addExact(multiply(d, d), d);
        long mlp = Math.addExact(multiply(2, d, mlpDim), (long) mlpDim + d);
        long norms = 4 * d;
        long block = Math.addExact(Math.addExact(qkv, projection), Math.addExact(mlp, norms));
        long embedding = Math.addExact(patchKernel + d, d + multiply(tokens(), d));
        long head = Math.addExact(multiply(classes, d), classes);
        return Math.addExact(
                Math.addExact(embedding, multiply(depth, block)), Math.addExact(2 * d, head));
    }

    private static long multiply(long... factors) {
        long product = 1;
        for (long factor : factors) {
            product = Math.multiplyExact(product, factor);
        }
        return product;
    }

    private static void requirePositive(int value, String name) {
        require(value > 0, name + " must be at least 1, is " + value);
    }

    private static void requireRate(double value, String name) {
        require(value >= 0 && value < 1, name + " must be in [0, 1), is " + value);
    }
}
