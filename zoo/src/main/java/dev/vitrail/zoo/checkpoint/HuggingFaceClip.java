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

    HuggingFaceClip() {
        super("Hugging Face CLIP", 1e-5, ActivationKind.QUICK_GELU);
    }

    @Override
    public boolean recognises(Source source) {
        return isClip(source);
    }

    /** Told from SigLIP by its class token and its first norm, whose name has a slip in it. */
    static boolean isClip(Source source) {
        return source.hasAny("vision_model.encoder.layers.*")
                && (source.has("vision_model.embeddings.class_embedding")
                        || source.hasAny("vision_model.pre_layrnorm.*"));
    }

    @Override
    public NameMap names(Source source) {
        NameMap names = table();
        if (classifies(source)) {
            names.leaveOut(
                    "vision_model.post_layernorm.*", "the classifier reads the patches before it");
        } else {
            names.layer("vision_model.post_layernorm", "norm");
        }
        return withoutText(names);
    }

    static NameMap table() {
        return encoder(new NameMap())
                .row("vision_model.embeddings.class_embedding", "cls_token", Step.leadingAxes(2))
                .row(
                        "vision_model.embeddings.position_embedding.weight",
                        "pos_embed",
                        Step.leadingAxes(1))
                .layer("vision_model.embeddings.patch_embedding", "patch_embed.proj")
                .layer("vision_model.pre_layrnorm", "norm_pre")
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

    /** The encoder blocks, which SigLIP has under the same names. */
    static NameMap encoder(NameMap names) {
        String layer = "vision_model.encoder.layers.{i}.";
        String attention = layer + "self_attn.";
        return names.layer(layer + "layer_norm1", "blocks.{i}.norm1")
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
