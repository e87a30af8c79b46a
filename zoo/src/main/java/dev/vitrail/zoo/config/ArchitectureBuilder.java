package dev.vitrail.zoo.config;

/**
 * Collects what an {@link Architecture} is made of. What is not set keeps its default: an RGB
 * image, a patch projection as stem, a class token, learned positions, plain encoder blocks, a
 * final norm, class token pooling, nothing dropped. Nothing is checked before {@link #build}.
 */
public final class ArchitectureBuilder {

    private int imageHeight;
    private int imageWidth;
    private int patchSize;
    private int channels = 3;
    private Stem stem = Stem.PATCH;
    private boolean patchBias = true;
    private boolean classToken = true;
    private boolean distillationToken;
    private int registers;
    private PositionEmbedding positionEmbedding = PositionEmbedding.LEARNED;
    private boolean positionsOnPatchesOnly;
    private PositionResampling positionResampling = PositionResampling.BICUBIC_ANTIALIAS;
    private boolean preNorm;
    private int dim;
    private int depth;
    private int heads;
    private boolean qkvBias = true;
    private boolean qkNorm;
    private double layerScale;
    private Integer mlpDim;
    private MlpKind mlp = MlpKind.PLAIN;
    private ActivationKind activation = ActivationKind.GELU;
    private double normEpsilon = Architecture.DEFAULT_NORM_EPSILON;
    private boolean finalNorm = true;
    private boolean fcNorm;
    private Pooling pooling = Pooling.TOKEN;
    private int preLogits;
    private double dropout;
    private double attentionDropout;
    private double dropPath;

    /** Starts with every default; image size, patch size, dim, depth and heads must follow. */
    public ArchitectureBuilder() {}

    /** Starts with what an architecture has. */
    ArchitectureBuilder(Architecture start) {
        imageHeight = start.imageHeight();
        imageWidth = start.imageWidth();
        patchSize = start.patchSize();
        channels = start.channels();
        stem = start.stem();
        patchBias = start.patchBias();
        classToken = start.classToken();
        distillationToken = start.distillationToken();
        registers = start.registers();
        positionEmbedding = start.positionEmbedding();
        positionsOnPatchesOnly = start.positionsOnPatchesOnly();
        positionResampling = start.positionResampling();
        preNorm = start.preNorm();
        dim = start.dim();
        depth = start.depth();
        heads = start.heads();
        qkvBias = start.qkvBias();
        qkNorm = start.qkNorm();
        layerScale = start.layerScale();
        mlpDim = start.mlpDim();
        mlp = start.mlp();
        activation = start.activation();
        normEpsilon = start.normEpsilon();
        finalNorm = start.finalNorm();
        fcNorm = start.fcNorm();
        pooling = start.pooling();
        preLogits = start.preLogits();
        dropout = start.dropout();
        attentionDropout = start.attentionDropout();
        dropPath = start.dropPath();
    }

    /**
     * The input's size.
     *
     * @param height rows, a multiple of the patch size
     * @param width columns, a multiple of the patch size
     * @return this
     */
    public ArchitectureBuilder imageSize(int height, int width) {
        imageHeight = height;
        imageWidth = width;
        return this;
    }

    /**
     * Edge in pixels of what becomes one token, the stem's stride included.
     *
     * @param value see {@link Architecture#patchSize()}
     * @return this
     */
    public ArchitectureBuilder patchSize(int value) {
        patchSize = value;
        return this;
    }

    /**
     * Input channels, 3 for RGB.
     *
     * @param value see {@link Architecture#channels()}
     * @return this
     */
    public ArchitectureBuilder channels(int value) {
        channels = value;
        return this;
    }

    /**
     * What stands between the image and the patch projection.
     *
     * @param value see {@link Architecture#stem()}
     * @return this
     */
    public ArchitectureBuilder stem(Stem value) {
        stem = value;
        return this;
    }

    /**
     * Whether the patch projection has a bias.
     *
     * @param value see {@link Architecture#patchBias()}
     * @return this
     */
    public ArchitectureBuilder patchBias(boolean value) {
        patchBias = value;
        return this;
    }

    /**
     * Whether a learned class token leads the sequence.
     *
     * @param value see {@link Architecture#classToken()}
     * @return this
     */
    public ArchitectureBuilder classToken(boolean value) {
        classToken = value;
        return this;
    }

    /**
     * See {@link Architecture#distillationToken()}.
     *
     * @param value see {@link Architecture#distillationToken()}
     * @return this
     */
    public ArchitectureBuilder distillationToken(boolean value) {
        distillationToken = value;
        return this;
    }

    /**
     * Learned register tokens between those and the patches (Darcet et al. 2023).
     *
     * @param value see {@link Architecture#registers()}
     * @return this
     */
    public ArchitectureBuilder registers(int value) {
        registers = value;
        return this;
    }

    /**
     * How positions are told apart.
     *
     * @param value see {@link Architecture#positionEmbedding()}
     * @return this
     */
    public ArchitectureBuilder positionEmbedding(PositionEmbedding value) {
        positionEmbedding = value;
        return this;
    }

    /**
     * See {@link Architecture#positionsOnPatchesOnly()}.
     *
     * @param value see {@link Architecture#positionsOnPatchesOnly()}
     * @return this
     */
    public ArchitectureBuilder positionsOnPatchesOnly(boolean value) {
        positionsOnPatchesOnly = value;
        return this;
    }

    /**
     * How the position table is brought to another grid.
     *
     * @param value see {@link Architecture#positionResampling()}
     * @return this
     */
    public ArchitectureBuilder positionResampling(PositionResampling value) {
        positionResampling = value;
        return this;
    }

    /**
     * Whether the sequence is normalised before the first encoder block (CLIP).
     *
     * @param value see {@link Architecture#preNorm()}
     * @return this
     */
    public ArchitectureBuilder preNorm(boolean value) {
        preNorm = value;
        return this;
    }

    /**
     * Embedding width.
     *
     * @param value see {@link Architecture#dim()}
     * @return this
     */
    public ArchitectureBuilder dim(int value) {
        dim = value;
        return this;
    }

    /**
     * Number of encoder blocks.
     *
     * @param value see {@link Architecture#depth()}
     * @return this
     */
    public ArchitectureBuilder depth(int value) {
        depth = value;
        return this;
    }

    /**
     * Attention heads, a divisor of {@code dim}.
     *
     * @param value see {@link Architecture#heads()}
     * @return this
     */
    public ArchitectureBuilder heads(int value) {
        heads = value;
        return this;
    }

    /**
     * Whether the query-key-value layer has a bias.
     *
     * @param value see {@link Architecture#qkvBias()}
     * @return this
     */
    public ArchitectureBuilder qkvBias(boolean value) {
        qkvBias = value;
        return this;
    }

    /**
     * Whether query and key are normalised over the head dimension.
     *
     * @param value see {@link Architecture#qkNorm()}
     * @return this
     */
    public ArchitectureBuilder qkNorm(boolean value) {
        qkNorm = value;
        return this;
    }

    /**
     * See {@link Architecture#layerScale()}.
     *
     * @param value see {@link Architecture#layerScale()}
     * @return this
     */
    public ArchitectureBuilder layerScale(double value) {
        layerScale = value;
        return this;
    }

    /**
     * Width between the two linear layers of an MLP.
     *
     * @param value see {@link Architecture#mlpDim()}
     * @return this
     */
    public ArchitectureBuilder mlpDim(int value) {
        mlpDim = value;
        return this;
    }

    /**
     * What an MLP is made of.
     *
     * @param value see {@link Architecture#mlp()}
     * @return this
     */
    public ArchitectureBuilder mlp(MlpKind value) {
        mlp = value;
        return this;
    }

    /**
     * The MLP's activation.
     *
     * @param value see {@link Architecture#activation()}
     * @return this
     */
    public ArchitectureBuilder activation(ActivationKind value) {
        activation = value;
        return this;
    }

    /**
     * What every layer norm adds to the variance.
     *
     * @param value see {@link Architecture#normEpsilon()}
     * @return this
     */
    public ArchitectureBuilder normEpsilon(double value) {
        normEpsilon = value;
        return this;
    }

    /**
     * Whether there is a norm after the last encoder block at all.
     *
     * @param value see {@link Architecture#finalNorm()}
     * @return this
     */
    public ArchitectureBuilder finalNorm(boolean value) {
        finalNorm = value;
        return this;
    }

    /**
     * Whether that norm follows the pooling instead of leading it.
     *
     * @param value see {@link Architecture#fcNorm()}
     * @return this
     */
    public ArchitectureBuilder fcNorm(boolean value) {
        fcNorm = value;
        return this;
    }

    /**
     * How the sequence becomes one vector.
     *
     * @param value see {@link Architecture#pooling()}
     * @return this
     */
    public ArchitectureBuilder pooling(Pooling value) {
        pooling = value;
        return this;
    }

    /**
     * See {@link Architecture#preLogits()}.
     *
     * @param value see {@link Architecture#preLogits()}
     * @return this
     */
    public ArchitectureBuilder preLogits(int value) {
        preLogits = value;
        return this;
    }

    /**
     * See {@link Architecture#dropout()}.
     *
     * @param value see {@link Architecture#dropout()}
     * @return this
     */
    public ArchitectureBuilder dropout(double value) {
        dropout = value;
        return this;
    }

    /**
     * Share of attention weights dropped in training.
     *
     * @param value see {@link Architecture#attentionDropout()}
     * @return this
     */
    public ArchitectureBuilder attentionDropout(double value) {
        attentionDropout = value;
        return this;
    }

    /**
     * See {@link Architecture#dropPath()}.
     *
     * @param value see {@link Architecture#dropPath()}
     * @return this
     */
    public ArchitectureBuilder dropPath(double value) {
        dropPath = value;
        return this;
    }

    /**
     * Checks and makes the record. Without {@link #mlpDim} an MLP is four times {@code dim} wide.
     *
     * @return the architecture
     * @throws IllegalArgumentException naming what cannot be built
     */
    public Architecture build() {
        return new Architecture(
                imageHeight,
                imageWidth,
                patchSize,
                channels,
                stem,
                patchBias,
                classToken,
                distillationToken,
                registers,
                positionEmbedding,
                positionsOnPatchesOnly,
                positionResampling,
                preNorm,
                dim,
                depth,
                heads,
                qkvBias,
                qkNorm,
                layerScale,
                mlpDim == null ? Math.multiplyExact(dim, Architecture.DEFAULT_MLP_RATIO) : mlpDim,
                mlp,
                activation,
                normEpsilon,
                finalNorm,
                fcNorm,
                pooling,
                preLogits,
                dropout,
                attentionDropout,
                dropPath);
    }
}
