package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.Dropout;
import dev.vitrail.zoo.config.Architecture;

/**
 * A vision transformer (Dosovitskiy et al. 2021): images {@code [batch, channels, height, width]},
 * already normalised, to logits {@code [batch, classes]}. What a config leaves out is the identity
 * in its place.
 *
 * <p>Parameters are named as timm names them, see {@link ParameterNames}. {@code initialize} fills
 * them as {@link Initialization} says, with seed 0 unless {@link #initialize(NDManager, long)} is
 * used.
 */
public final class VisionTransformer extends UnaryBlock implements ImageNetwork {

    private final Architecture architecture;
    private final int classes;

    private final PatchEmbedding patchEmbedding;
    private final TokenSequence sequence;
    private final Dropout positionDropout;
    private final Block preNorm;
    private final Encoder encoder;
    private final Block norm;
    private final UnaryBlock head;

    /**
     * A network without weights yet.
     *
     * @param architecture its sizes
     * @param classes number of logits
     */
    public VisionTransformer(Architecture architecture, int classes) {
        this(classes, architecture);
        if (classes < 1) {
            throw new IllegalArgumentException("classes must be at least 1, is " + classes);
        }
    }

    /**
     * A network without its last layer, timm's {@code num_classes=0}: images to the features that
     * the head would read, {@code [batch, features]}, behind pooling, norm and the layer before the
     * head where there is one. Of a distilled network, whose two heads read two vectors, it is
     * their average.
     *
     * @param architecture its sizes
     * @return the block, without weights yet
     */
    public static VisionTransformer withoutHead(Architecture architecture) {
        return new VisionTransformer(0, architecture);
    }

    /** Of 0 classes: without a head. */
    private VisionTransformer(int classes, Architecture architecture) {
        this.architecture = architecture;
        this.classes = classes;
        double epsilon = architecture.normEpsilon();
        // No name: its tokens and positions stand at the top level, where timm has them.
        sequence = addChildBlock("", new TokenSequence(architecture));
        patchEmbedding = addChildBlock("patch_embed", new PatchEmbedding(architecture));
        positionDropout = addChildBlock("pos_drop", Layers.dropout(architecture.dropout()));
        preNorm =
                addChildBlock(
                        "norm_pre",
                        Layers.optional(architecture.preNorm(), Layers.layerNorm(epsilon)));
        encoder = addChildBlock("blocks", new Encoder(architecture));
        norm =
                addChildBlock(
                        "norm",
                        Layers.optional(
                                architecture.finalNorm() && !architecture.fcNorm(),
                                Layers.layerNorm(epsilon)));
        head = addChildBlock("", head(architecture, classes));
        new Initialization(0, architecture).applyTo(this);
    }

    /**
     * Whether a parameter belongs to the last layer, of which there may be two.
     *
     * @param name as {@link ParameterNames} gives it
     * @return false for all that {@link #withoutHead} has too
     */
    public static boolean isOfHead(String name) {
        return name.startsWith("head.") || name.startsWith("head_dist.");
    }

    /**
     * Whether a parameter belongs to the last layer, or to what stands between it and the tokens
     * and was trained on one way of pooling: attention pooling, a layer before the head.
     *
     * @param name as {@link ParameterNames} gives it
     * @return false for the encoder and the norms behind it
     */
    public static boolean isOfPoolingOrHead(String name) {
        return isOfHead(name) || name.startsWith("attn_pool.") || name.startsWith("pre_logits.");
    }

    private static UnaryBlock head(Architecture architecture, int classes) {
        return architecture.distillationToken()
                ? new DistilledHead(architecture, classes)
                : new ClassifierHead(architecture, classes);
    }

    @Override
    NDArray forward(NDArray images, ForwardPass pass) {
        NDArray x = pass.through(patchEmbedding, images); // [B, patches, D]
        x = pass.through(sequence, x); // [B, N, D]
        x = pass.through(positionDropout, x);
        x = pass.through(preNorm, x);
        x = pass.through(encoder, x);
        x = pass.through(norm, x);
        return pass.through(head, x); // [B, classes]
    }

    @Override
    public void initialize(NDManager manager, long seed) {
        new Initialization(seed, architecture).applyTo(this);
        initialize(manager, DataType.FLOAT32, inputShape(1));
    }

    /**
     * The network's sizes.
     *
     * @return as given
     */
    public Architecture architecture() {
        return architecture;
    }

    /**
     * The number of logits.
     *
     * @return as given; 0 without a head
     */
    public int classes() {
        return classes;
    }

    @Override
    public Shape inputShape(long batch) {
        return new Shape(
                batch,
                architecture.channels(),
                architecture.imageHeight(),
                architecture.imageWidth());
    }

    @Override
    Shape outputShape(Shape images) {
        return new Shape(images.get(0), hasHead() ? classes : features());
    }

    private boolean hasHead() {
        return classes > 0;
    }

    private int features() {
        return architecture.preLogits() > 0 ? architecture.preLogits() : architecture.pooledDim();
    }

    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        Shape images = inputShapes[0];
        if (images.dimension() != 4 || !images.slice(1).equals(inputShape(1).slice(1))) {
            throw new IllegalArgumentException(
                    "input " + images + " does not fit " + inputShape(-1) + " (any batch)");
        }
        super.beforeInitialize(inputShapes);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape patches = patchEmbedding.outputShape(inputShapes[0]);
        Shape tokens = sequence.outputShape(patches);
        patchEmbedding.initialize(manager, type, inputShapes);
        sequence.initialize(manager, type, patches);
        positionDropout.initialize(manager, type, tokens);
        preNorm.initialize(manager, type, tokens);
        encoder.initialize(manager, type, tokens);
        norm.initialize(manager, type, tokens);
        head.initialize(manager, type, tokens);
    }
}
