package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.PretrainingConfig;
import dev.vitrail.zoo.config.Stem;
import dev.vitrail.zoo.grid.SinCosPositions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A masked autoencoder (He et al. 2022): the encoder of a vision transformer, which sees some of an
 * image's patches, and a smaller transformer that guesses the pixels of all of them from that.
 *
 * <p>The encoder is made of the blocks of {@link VisionTransformer}, under the same names, with
 * fixed positions and without dropout; it ends with the final norm, also where the classifier would
 * have its norm behind the pooling. The decoder's parameters are named as in the checkpoints of the
 * paper's authors.
 */
public final class MaskedAutoencoder extends AbstractBlock implements ImageNetwork {

    private static final String DECODER = "decoder_";

    private final Architecture architecture;
    private final Architecture decoderArchitecture;
    private final PretrainingConfig.Decoder decoder;
    private final int prefixTokens;

    private final TokenSequence sequence;
    private final PatchEmbedding patchEmbedding;
    private final Block preNorm;
    private final Encoder encoder;
    private final Block norm;
    private final Parameter maskToken;
    private final Parameter decoderPositions;
    private final Linear decoderEmbedding;
    private final Encoder decoderBlocks;
    private final LayerNorm decoderNorm;
    private final Linear prediction;

    /**
     * An autoencoder without weights yet.
     *
     * @param architecture of the vision transformer whose encoder it is to train
     * @param decoder its sizes
     * @throws IllegalArgumentException if the encoder begins with convolutions, which would look
     *     into hidden patches, or a width has no fixed positions
     */
    public MaskedAutoencoder(Architecture architecture, PretrainingConfig.Decoder decoder) {
        if (!architecture.stem().equals(Stem.PATCH)) {
            throw new IllegalArgumentException("a convolutional stem sees hidden patches");
        }
        this.architecture = architecture;
        this.decoder = decoder;
        Architecture seen = encoder(architecture);
        decoderArchitecture = decoder(seen, decoder);
        prefixTokens = seen.prefixTokens();
        double epsilon = seen.normEpsilon();
        sequence = addChildBlock("", new TokenSequence(seen));
        patchEmbedding = addChildBlock("patch_embed", new PatchEmbedding(seen));
        preNorm =
                addChildBlock(
                        "norm_pre", Layers.optional(seen.preNorm(), Layers.layerNorm(epsilon)));
        encoder = addChildBlock("blocks", new Encoder(seen));
        norm = addChildBlock("norm", Layers.optional(seen.finalNorm(), Layers.layerNorm(epsilon)));
        maskToken = addParameter(table("mask_token", 1, true));
        decoderPositions =
                addParameter(table("decoder_pos_embed", decoderArchitecture.positions(), false));
        decoderEmbedding = addChildBlock("decoder_embed", Layers.linear(decoder.dim()));
        decoderBlocks = addChildBlock("decoder_blocks", new Encoder(decoderArchitecture));
        decoderNorm = addChildBlock("decoder_norm", Layers.layerNorm(epsilon));
        prediction = addChildBlock("decoder_pred", Layers.linear(patchValues()));
        setInitializers(0);
    }

    private static Architecture encoder(Architecture architecture) {
        return architecture
                .with()
                .positionEmbedding(PositionEmbedding.SINCOS_MAE)
                .fcNorm(false)
                .dropout(0)
                .attentionDropout(0)
                .dropPath(0)
                .build();
    }

    /**
     * The network whose features say what an encoder has learnt without labels: this encoder with
     * all patches seen, the final norm, then the config's pooling. What stands behind the encoder
     * in a classifier and was not trained here is left out: a norm behind the pooling, a layer
     * before the head; and where the config pools by attention, patches are averaged.
     *
     * @param architecture of the vision transformer whose encoder is trained
     * @return for {@link VisionTransformer#withoutHead}
     */
    public static Architecture ofFeatures(Architecture architecture) {
        Pooling pooling = architecture.pooling();
        return encoder(architecture)
                .with()
                .preLogits(0)
                .pooling(pooling == Pooling.ATTENTION ? Pooling.MEAN : pooling)
                .build();
    }

    private static Architecture decoder(Architecture encoder, PretrainingConfig.Decoder sizes) {
        return Architecture.of(
                        encoder.imageHeight(),
                        encoder.patchSize(),
                        sizes.dim(),
                        sizes.depth(),
                        sizes.heads())
                .with()
                .imageSize(encoder.imageHeight(), encoder.imageWidth())
                .classToken(encoder.classToken())
                .distillationToken(encoder.distillationToken())
                .registers(encoder.registers())
                .pooling(encoder.pooling())
                .positionEmbedding(PositionEmbedding.SINCOS_MAE)
                .mlpDim(Architecture.DEFAULT_MLP_RATIO * sizes.dim())
                .normEpsilon(encoder.normEpsilon())
                .build();
    }

    private Parameter table(String name, long rows, boolean trained) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(1, rows, decoder.dim()))
                .optRequiresGrad(trained)
                .build();
    }

    private long patchValues() {
        long edge = architecture.patchSize();
        return edge * edge * architecture.channels();
    }

    /**
     * Guesses every patch of images of which some patches are seen.
     *
     * @param store of the weights
     * @param images {@code [batch, channels, height, width]}, normalised
     * @param mask of this batch
     * @param training whether the pass is to be trained with
     * @return {@code [batch, patches, patch values]}, see {@link #patches}
     */
    public NDArray predict(ParameterStore store, NDArray images, PatchMask mask, boolean training) {
        NDManager manager = images.getManager();
        NDList inputs = new NDList(images, mask.kept(manager), mask.restore(manager));
        return forward(store, inputs, training).singletonOrThrow();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> parameters) {
        ForwardPass pass = new ForwardPass(store, training);
        NDArray latent = encode(inputs.get(0), inputs.get(1), pass);
        return new NDList(decode(latent, inputs.get(2), pass));
    }

    /** {@code [B, C, H, W]} to {@code [B, P + K, D]}: P tokens before K patches that are seen. */
    NDArray encode(NDArray images, NDArray kept, ForwardPass pass) {
        NDArray x = pass.through(patchEmbedding, images); // [B, N, D]
        x = sequence.visible(x, kept, pass); // [B, P + K, D]
        x = pass.through(preNorm, x);
        x = pass.through(encoder, x);
        return pass.through(norm, x);
    }

    private NDArray decode(NDArray latent, NDArray restore, ForwardPass pass) {
        NDArray x = pass.through(decoderEmbedding, latent); // [B, P + K, E]
        x = completed(x, restore, pass); // [B, P + N, E]
        x = x.add(pass.weight(decoderPositions, x));
        x = pass.through(decoderBlocks, x);
        x = pass.through(decoderNorm, x);
        return withoutPrefix(pass.through(prediction, x)); // [B, N, patch values]
    }

    /** The mask token wherever a patch is hidden, and every patch in its own place. */
    private NDArray completed(NDArray x, NDArray restore, ForwardPass pass) {
        long hidden = prefixTokens + restore.getShape().get(1) - x.getShape().get(1);
        Shape blank = new Shape(x.getShape().get(0), hidden, decoder.dim());
        NDArray blanks = pass.weight(maskToken, x).broadcast(blank);
        // Otherwise it belongs to the parameters' manager, see ForwardPass.
        blanks.attach(x.getManager());
        NDArray patches = PatchMask.gather(withoutPrefix(x).concat(blanks, 1), restore);
        return prefixTokens == 0
                ? patches
                : x.get(":, :" + prefixTokens).concat(patches, 1); // [B, P + N, E]
    }

    private NDArray withoutPrefix(NDArray x) {
        return prefixTokens == 0 ? x : x.get(":, " + prefixTokens + ":");
    }

    /**
     * Images as their patches, row by row: what the predictions are compared with.
     *
     * @param images {@code [batch, channels, height, width]}
     * @return {@code [batch, patches, patch values]}, the values of a patch in the order row,
     *     column, channel
     */
    public NDArray patches(NDArray images) {
        long B = images.getShape().get(0);
        long C = architecture.channels();
        long p = architecture.patchSize();
        return images.reshape(B, C, architecture.gridHeight(), p, architecture.gridWidth(), p)
                .transpose(0, 2, 4, 3, 5, 1)
                .reshape(B, architecture.patches(), p * p * C);
    }

    /**
     * Patches put together to images again: undoes {@link #patches}.
     *
     * @param patches {@code [batch, patches, patch values]}
     * @return {@code [batch, channels, height, width]}
     */
    public NDArray images(NDArray patches) {
        long B = patches.getShape().get(0);
        long p = architecture.patchSize();
        long rows = architecture.gridHeight();
        long columns = architecture.gridWidth();
        return patches.reshape(B, rows, columns, p, p, architecture.channels())
                .transpose(0, 5, 1, 3, 2, 4)
                .reshape(inputShape(B));
    }

    @Override
    public void initialize(NDManager manager, long seed) {
        setInitializers(seed);
        initialize(manager, DataType.FLOAT32, inputShape(1));
    }

    private void setInitializers(long seed) {
        Initialization.xavier(seed, encoder(architecture)).applyTo(this);
        decoderPositions.setInitializer(
                (manager, shape, type) ->
                        manager.create(SinCosPositions.of(decoderArchitecture), shape));
    }

    /**
     * The vision transformer whose encoder this trains.
     *
     * @return as given
     */
    public Architecture architecture() {
        return architecture;
    }

    /**
     * The decoder's sizes.
     *
     * @return as given
     */
    public PretrainingConfig.Decoder decoder() {
        return decoder;
    }

    @Override
    public Shape inputShape(long batch) {
        return new Shape(
                batch,
                architecture.channels(),
                architecture.imageHeight(),
                architecture.imageWidth());
    }

    /**
     * The parameters of the encoder, which a {@link VisionTransformer} has too.
     *
     * @return by name, in the order of the blocks
     */
    public Map<String, Parameter> encoderParameters() {
        return ParameterNames.of(this).parameters().entrySet().stream()
                .filter(entry -> !isOfDecoder(entry.getKey()))
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                Map.Entry::getValue,
                                (a, b) -> a,
                                LinkedHashMap::new));
    }

    private static boolean isOfDecoder(String name) {
        return name.startsWith(DECODER) || name.equals("mask_token");
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {
            new Shape(inputShapes[0].get(0), architecture.patches(), patchValues())
        };
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape patches = patchEmbedding.outputShape(inputShapes[0]);
        Shape tokens = sequence.outputShape(patches);
        Shape decoded = new Shape(tokens.get(0), tokens.get(1), decoder.dim());
        patchEmbedding.initialize(manager, type, inputShapes[0]);
        sequence.initialize(manager, type, patches);
        preNorm.initialize(manager, type, tokens);
        encoder.initialize(manager, type, tokens);
        norm.initialize(manager, type, tokens);
        decoderEmbedding.initialize(manager, type, tokens);
        decoderBlocks.initialize(manager, type, decoded);
        decoderNorm.initialize(manager, type, decoded);
        prediction.initialize(manager, type, decoded);
    }
}
