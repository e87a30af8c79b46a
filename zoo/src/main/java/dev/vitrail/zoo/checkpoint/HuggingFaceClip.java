package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Pooling;
import java.util.List;
import java.util.Optional;

/**
 * The image tower of transformers' {@code clip}: alone, beside its text tower, or with a
 * classifier. The tower's vector is the class token after a norm; the classifier averages the
 * patches before it.
 */
final class HuggingFaceClip extends HuggingFace {

    /** What names of the tower begin with in what has more than it. */
    static final String TOWER = "vision_model.";

    HuggingFaceClip() {
        super("Hugging Face CLIP", 1e-5, ActivationKind.QUICK_GELU);
    }

    @Override
    public boolean recognises(Source source) {
        return hasEncoder(source) && isClip(source);
    }

    /**
     * Whether there are encoder blocks of CLIP or SigLIP; of torchvision and others, only names
     * like {@code encoder.layers} are the same.
     */
    static boolean hasEncoder(Source source) {
        return source.hasAny(TOWER + "encoder.layers.*")
                || source.hasAny("encoder.layers.*.layer_norm1.*")
                || source.hasAny("encoder.layers.*.layer_norm2.*");
    }

    /** Told from SigLIP by its class token and its first norm, whose name has a slip in it. */
    static boolean isClip(Source source) {
        String tower = tower(source);
        return source.has(tower + "embeddings.class_embedding")
                || source.hasAny(tower + "pre_layrnorm.*");
    }

    /** What names begin with, which is nothing in a tower of its own since transformers 5. */
    static String tower(Source source) {
        return prefix(source, List.of(TOWER, ""), "*");
    }

    @Override
    public NameMap names(Source source) {
        String tower = tower(source);
        NameMap names = table(tower);
        if (classifies(source)) {
            names.leaveOut(
                    tower + "post_layernorm.*", "the classifier reads the patches before it");
        } else {
            names.layer(tower + "post_layernorm", "norm");
        }
        return withoutText(names);
    }

    static NameMap table(String tower) {
        return encoder(tower)
                .row(tower + "embeddings.class_embedding", "cls_token", Step.leadingAxes(2))
                .layer(tower + "pre_layrnorm", "norm_pre")
                .layer("classifier", "head");
    }

    private static boolean classifies(Source source) {
        return source.hasAny("classifier.*");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        boolean classifies = classifies(source);
        return super.dialect(source, notes)
                .finalNorm(!classifies)
                .pooling(Optional.of(classifies ? Pooling.MEAN : Pooling.TOKEN));
    }

    /** From patches to the last block, which SigLIP has under the same names. */
    static NameMap encoder(String tower) {
        String layer = tower + "encoder.layers.{i}.";
        String attention = layer + "self_attn.";
        return new NameMap()
                .row(
                        tower + "embeddings.position_embedding.weight",
                        "pos_embed",
                        Step.leadingAxes(1))
                .layer(tower + "embeddings.patch_embedding", "patch_embed.proj")
                .layer(layer + "layer_norm1", "blocks.{i}.norm1")
                .layers(
                        List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
                        List.of("blocks.{i}.attn.qkv"),
                        Step.fuse(1, 1, 1))
                .layer(attention + "out_proj", "blocks.{i}.attn.proj")
                .layer(layer + "layer_norm2", "blocks.{i}.norm2")
                .layer(layer + "mlp.fc1", "blocks.{i}.mlp.fc1")
                .layer(layer + "mlp.fc2", "blocks.{i}.mlp.fc2");
    }

    /** What belongs to the text, and to comparing it with images. */
    static NameMap withoutText(NameMap names) {
        return names.leaveOut("text_model.*", "reads text")
                .leaveOut("*_projection.*", "only comparing images with text reads it")
                .leaveOut("logit_scale", "only comparing images with text reads it")
                .leaveOut("logit_bias", "only comparing images with text reads it")
                .leaveOut("*.position_ids", "counts from 0");
    }
}
