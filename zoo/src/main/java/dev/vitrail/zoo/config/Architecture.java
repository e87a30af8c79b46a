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
 * @param patchSize edge in pixels of what becomes one token, the stem's stride included
 * @param channels input channels, 3 for RGB
 * @param stem what stands between the image and the patch projection
 * @param patchBias whether the patch projection has a bias
 * @param classToken whether a learned class token leads the sequence
 * @param distillationToken whether a second learned token with a head of its own follows the class
 *     token (DeiT, Touvron et al. 2021)
 * @param registers learned register tokens between those and the patches (Darcet et al. 2023)
 * @param positionEmbedding how positions are told apart
 * @param positionsOnPatchesOnly whether the position table has rows for patches alone and is added
 *     before the other tokens are attached
 * @param positionResampling how the position table is brought to another grid
 * @param preNorm whether the sequence is normalised before the first encoder block (CLIP)
 * @param dim embedding width
 * @param depth number of encoder blocks
 * @param heads attention heads, a divisor of {@code dim}
 * @param qkvBias whether the query-key-value layer has a bias
 * @param qkNorm whether query and key are normalised over the head dimension
 * @param layerScale first value of the learned factors on each branch, 0 where there are none
 *     (Touvron et al. 2021)
 * @param mlpDim width between the two linear layers of an MLP
 * @param mlp what an MLP is made of
 * @param activation the MLP's activation
 * @param normEpsilon what every layer norm adds to the variance
 * @param finalNorm whether there is a norm after the last encoder block at all
 * @param fcNorm whether that norm follows the pooling instead of leading it
 * @param pooling how the sequence becomes one vector
 * @param preLogits width of a linear layer with tanh before the head, 0 where there is none (ViT
 *     paper, appendix D.1)
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
        Stem stem,
        boolean patchBias,
        boolean classToken,
        boolean distillationToken,
        int registers,
        PositionEmbedding positionEmbedding,
        boolean positionsOnPatchesOnly,
        PositionResampling positionResampling,
        boolean preNorm,
        int dim,
        int depth,
        int heads,
        boolean qkvBias,
        boolean qkNorm,
        double layerScale,
        int mlpDim,
        MlpKind mlp,
        ActivationKind activation,
        double normEpsilon,
        boolean finalNorm,
        boolean fcNorm,
        Pooling pooling,
        int preLogits,
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
     * @param stem as the component
     * @param patchBias as the component
     * @param classToken as the component
     * @param distillationToken as the component
     * @param registers as the component
     * @param positionEmbedding as the component
     * @param positionsOnPatchesOnly as the component
     * @param positionResampling as the component
     * @param preNorm as the component
     * @param dim as the component
     * @param depth as the component
     * @param heads as the component
     * @param qkvBias as the component
     * @param qkNorm as the component
     * @param layerScale as the component
     * @param mlpDim as the component
     * @param mlp as the component
     * @param activation as the component
     * @param normEpsilon as the component
     * @param finalNorm as the component
     * @param fcNorm as the component
     * @param pooling as the component
     * @param preLogits as the component
     * @param dropout as the component
     * @param attentionDropout as the component
     * @param dropPath as the component
     * @throws IllegalArgumentException naming the component
     */
    public Architecture {
        Objects.requireNonNull(stem, "stem");
        Objects.requireNonNull(positionEmbedding, "positionEmbedding");
        Objects.requireNonNull(positionResampling, "positionResampling");
        Objects.requireNonNull(mlp, "mlp");
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(pooling, "pooling");
        requirePositive(imageHeight, "imageHeight");
        requirePositive(imageWidth, "imageWidth");
        requirePositive(patchSize, "patchSize");
        requirePositive(channels, "channels");
        requirePositive(dim, "dim");
        requirePositive(depth, "depth");
        requirePositive(heads, "heads");
        requirePositive(mlpDim, "mlpDim");
        require(registers >= 0, "registers must be at least 0, is " + registers);
        require(preLogits >= 0, "preLogits must be at least 0, is " + preLogits);
        require(
                imageHeight % patchSize == 0 && imageWidth % patchSize == 0,
                "patchSize " + patchSize + " must divide " + imageHeight + "x" + imageWidth);
        require(
                patchSize % stem.stride() == 0,
                "patchSize " + patchSize + " must be a multiple of the stem's stride");
        require(dim % heads == 0, "heads " + heads + " must divide dim " + dim);
        require(
                positionEmbedding == PositionEmbedding.LEARNED || dim % 4 == 0,
                "sin-cos positions need a dim that 4 divides, is " + dim);
        require(
                positionEmbedding != PositionEmbedding.SINCOS_BIG_VISION || dim >= 8,
                "big_vision's sin-cos positions need a dim of at least 8, is " + dim);
        require(classToken || !distillationToken, "a distillation token needs a class token");
        require(classToken || !pooling.readsClassToken(), pooling + " pooling needs a class token");
        require(
                !distillationToken || pooling == Pooling.TOKEN,
                "a distillation token needs TOKEN pooling");
        require(!distillationToken || preLogits == 0, "distillation knows no pre-logits layer");
        require(!fcNorm || finalNorm, "fcNorm needs finalNorm");
        require(normEpsilon > 0 && normEpsilon < 1, "normEpsilon must be in (0, 1)");
        require(
                layerScale >= 0 && layerScale < Double.POSITIVE_INFINITY,
                "layerScale must be a number of at least 0, is " + layerScale);
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
        return new ArchitectureBuilder()
                .imageSize(imageHeight, imageWidth)
                .patchSize(patchSize)
                .dim(dim)
                .depth(depth)
                .heads(heads)
                .build();
    }

    /**
     * The same network with something else.
     *
     * @return a builder that holds all of this network's values
     */
    public ArchitectureBuilder with() {
        return new ArchitectureBuilder(this);
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
     * Tokens before the patches: class, distillation, registers, in this order.
     *
     * @return how many
     */
    public int prefixTokens() {
        return (classToken ? 1 : 0) + (distillationToken ? 1 : 0) + registers;
    }

    /**
     * Length of the token sequence.
     *
     * @return the prefix tokens and the patches
     */
    public long tokens() {
        return prefixTokens() + patches();
    }

    /**
     * Rows of the position table.
     *
     * @return the patches, and the prefix tokens unless only patches have positions
     */
    public long positions() {
        return positionsOnPatchesOnly ? patches() : tokens();
    }

    /**
     * Width of what the head reads.
     *
     * @return {@code dim}, or a multiple where the pooling joins several vectors
     */
    public int pooledDim() {
        return pooling.vectors() * dim;
    }

    /**
     * Number of values in all parameters, exact: what is trained, and what is not but belongs to
     * the weights all the same, a fixed position table and the statistics of batch norms.
     *
     * @param classes outputs of the head
     * @return the count
     * @throws ArithmeticException beyond 2⁶³
     */
    public long parameterCount(int classes) {
        return NetworkCost.of(this, classes).parameters();
    }

    private static void requirePositive(int value, String name) {
        require(value > 0, name + " must be at least 1, is " + value);
    }

    private static void requireRate(double value, String name) {
        require(value >= 0 && value < 1, name + " must be in [0, 1), is " + value);
    }
}
