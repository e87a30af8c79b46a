package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import java.util.List;

/** Transformers' {@code vit} and {@code deit}, which share their names below a prefix. */
final class HuggingFaceVit extends HuggingFace {

    private static final List<String> PREFIXES = List.of("vit.", "deit.", "");

    /** What ViTConfig and DeiTConfig default to. */
    static final double EPSILON = 1e-12;

    HuggingFaceVit() {
        super("Hugging Face ViT", EPSILON, ActivationKind.GELU);
    }

    @Override
    public boolean recognises(Source source) {
        return source.hasAny("*encoder.layer.*.layernorm_before.*")
                || source.hasAny("*encoder.layer.*.intermediate.dense.*")
                || source.hasAny("*layers.*.layernorm_before.*")
                || source.hasAny("*layers.*.layernorm_after.*");
    }

    @Override
    public NameMap names(Source source) {
        String prefix = prefix(source, PREFIXES, "encoder.layer.*", "layers.*");
        boolean distilled =
                source.hasAny("cls_classifier.*") || source.hasAny("distillation_classifier.*");
        // DeiTForImageClassification reads the class token alone: to it the other is a register.
        boolean register = !distilled && source.hasAny("classifier.*");
        NameMap names =
                table(
                        prefix,
                        distilled ? "cls_classifier" : "classifier",
                        register ? "reg_token" : "dist_token");
        inMemory(names, prefix + "layers.{i}.");
        if (!prefix.isEmpty()) {
            names.layer("layernorm", "norm"); // as the earliest exports have it
        }
        return names.leaveOut(prefix + "pooler.dense.*", "no classifier reads the pooler")
                .leaveOut(prefix + "embeddings.mask_token", "only masked pre-training reads it")
                .leaveOut("decoder.*", "only masked pre-training reads it");
    }

    static NameMap table(String prefix, String head) {
        return table(prefix, head, "dist_token");
    }

    private static NameMap table(String prefix, String head, String distillationToken) {
        String layer = prefix + "encoder.layer.{i}.";
        return new NameMap()
                .row(prefix + "embeddings.cls_token", "cls_token")
                .row(prefix + "embeddings.distillation_token", distillationToken)
                .row(prefix + "embeddings.position_embeddings", "pos_embed")
                .layer(prefix + "embeddings.patch_embeddings.projection", "patch_embed.proj")
                .layer(layer + "layernorm_before", "blocks.{i}.norm1")
                .layers(queryKeyValue(layer), List.of("blocks.{i}.attn.qkv"), Step.fuse(1, 1, 1))
                .layer(layer + "attention.output.dense", "blocks.{i}.attn.proj")
                .layer(layer + "layernorm_after", "blocks.{i}.norm2")
                .layer(layer + "intermediate.dense", "blocks.{i}.mlp.fc1")
                .layer(layer + "output.dense", "blocks.{i}.mlp.fc2")
                .layer(prefix + "layernorm", "norm")
                .layer(head, "head")
                .layer("distillation_classifier", "head_dist");
    }

    private static void inMemory(NameMap names, String layer) {
        names.layer(layer + "layernorm_before", "blocks.{i}.norm1");
        attentionInMemory(names, layer)
                .layer(layer + "layernorm_after", "blocks.{i}.norm2")
                .layer(layer + "mlp.fc1", "blocks.{i}.mlp.fc1")
                .layer(layer + "mlp.fc2", "blocks.{i}.mlp.fc2");
    }

    static NameMap attentionInMemory(NameMap names, String layer) {
        String attention = layer + "attention.";
        return names.layers(
                        List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
                        List.of("blocks.{i}.attn.qkv"),
                        Step.fuse(1, 1, 1))
                .layer(attention + "o_proj", "blocks.{i}.attn.proj");
    }

    static List<String> queryKeyValue(String layer) {
        String attention = layer + "attention.attention.";
        return List.of(attention + "query", attention + "key", attention + "value");
    }
}
