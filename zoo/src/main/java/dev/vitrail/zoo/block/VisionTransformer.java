package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import dev.vitrail.zoo.config.Architecture;

/**
 * A vision transformer (Dosovitskiy et al. 2021): images {@code [batch, channels, height, width]},
 * already normalised, to logits {@code [batch, classes]}.
 *
 * <p>Parameters are named as timm names them, see {@link ParameterNames}. {@code initialize} fills
 * them as {@link Initialization} says, with seed 0 unless {@link #initialize(NDManager, long)} is
 * used.
 */
public final class VisionTransformer extends UnaryBlock {

    private final Architecture architecture;
    private final int classes;

    private final PatchEmbedding patchEmbedding;
    private final Parameter classToken;
    private final Parameter positionEmbedding;
    private final Dropout positionDropout;
    private final Encoder encoder;
    private final LayerNorm norm;
    private final ClassifierHead head;

    /**
     * A network without weights yet.
     *
     * @param architecture its sizes
     * @param classes number of logits
     */
    public VisionTransformer(Architecture architecture, int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("classes must be at least 1, is " + classes);
        }
        this.architecture = architecture;
        this.classes = classes;
        int dim = architecture.dim();
        classToken = addParameter(token("cls_token", new Shape(1, 1, dim)));
        positionEmbedding =
                addParameter(token("pos_embed", new Shape(1, architecture.tokens(), dim)));
        patchEmbedding = addChildBlock("patch_embed", new PatchEmbedding(architecture));
        positionDropout = addChildBlock("pos_drop", Layers.dropout(architecture.dropout()));
        encoder = addChildBlock("blocks", new Encoder(architecture));
        norm = addChildBlock("norm", Layers.layerNorm(architecture.normEpsilon()));
        // No name: the head's parts stand at the top level, where timm has them.
        head = addChildBlock("", new ClassifierHead(architecture, classes));
        new Initialization(0).applyTo(this);
    }

    @Override
    NDArray forward(NDArray images, ForwardPass pass) {
        NDArray x = pass.through(patchEmbedding, images); // [B, N - 1, D]
        x = withClassToken(x, pass); // [B, N, D]
        x = x.add(pass.weight(positionEmbedding, x)); // + [1, N, D]
        x = pass.through(positionDropout, x);
        x = pass.through(encoder, x);
        x = pass.through(norm, x);
        return pass.through(head, x); // [B, classes]
    }

    private NDArray withClassToken(NDArray patches, ForwardPass pass) {
        long B = patches.getShape().get(0);
        NDArray tokens =
                pass.weight(classToken, patches).broadcast(new Shape(B, 1, architecture.dim()));
        // A result belongs to its first operand's manager. Left with the parameters', the class
        // token would take every later array of the pass with it, and none would ever be freed.
        tokens.attach(patches.getManager());
        return tokens.concat(patches, 1);
    }

    /**
     * Fills every parameter from a seed; the same seed gives the same weights.
     *
     * @param manager owner of the weights
     * @param seed any number
     */
    public void initialize(NDManager manager, long seed) {
        new Initialization(seed).applyTo(this);
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
     * @return as given
     */
    public int classes() {
        return classes;
    }

    /**
     * The input's shape.
     *
     * @param batch number of images
     * @return {@code [batch, channels, height, width]}
     */
    public Shape inputShape(long batch) {
        return new Shape(
                batch,
                architecture.channels(),
                architecture.imageHeight(),
                architecture.imageWidth());
    }

    @Override
    Shape outputShape(Shape images) {
        return new Shape(images.get(0), classes);
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
        Shape tokens = new Shape(inputShapes[0].get(0), architecture.tokens(), architecture.dim());
        patchEmbedding.initialize(manager, type, inputShapes);
        positionDropout.initialize(manager, type, tokens);
        encoder.initialize(manager, type, tokens);
        norm.initialize(manager, type, tokens);
        head.initialize(manager, type, tokens);
    }

    private static Parameter token(String name, Shape shape) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(shape)
                .build();
    }
}
