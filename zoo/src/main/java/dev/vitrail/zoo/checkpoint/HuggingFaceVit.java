package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.PositionResampling;
import java.util.List;
import java.util.Optional;

/** Transformers' {@code vit} and {@code deit}, which share their names below a prefix. */
final class HuggingFaceVit implements Family {

    private static final List<String> PREFIXES = List.of("vit.", "deit.", "");

    @Override
    public String id() {
        return "Hugging Face ViT";
    }

    @Override
    public boolean recognises(Source source) {
        return PREFIXES.stream()
                .anyMatch(
                        prefix ->
                                source.hasAny(prefix + "encoder.layer.*.layernorm_before.*")
                                        || source.hasAny(
                                                prefix + "encoder.layer.*.intermediate.dense.*"));
    }

    private static String prefix(Source source) {
        return PREFIXES.stream()
                .filter(prefix -> source.hasAny(prefix + "encoder.layer.*"))
                .findFirst()
                .orElse("");
    }

    @Override
    public NameMap names(Source source) {
        String prefix = prefix(source);
        NameMap names = table(prefix);
        // Exported before the model had a prefix of its own for it.
        if (!prefix.isEmpty()) {
            names.layer("layernorm", "norm");
        }
        return names.leaveOut(prefix + "pooler.dense.*", "the classifier does not read the pooler")
                .leaveOut(prefix + "embeddings.mask_token", "only masked pre-training reads it")
                .leaveOut("decoder.*", "only masked pre-training reads it")
                .leaveOut(prefix + "embeddings.position_ids", "counts from 0");
    }

    static NameMap table(String prefix) {
        String layer = prefix + "encoder.layer.{i}.";
        String attention = layer + "attention.attention.";
        return new NameMap()
                .row(prefix + "embeddings.cls_token", "cls_token")
                .row(prefix + "embeddings.distillation_token", "dist_token")
                .row(prefix + "embeddings.position_embeddings", "pos_embed")
                .layer(prefix + "embeddings.patch_embeddings.projection", "patch_embed.proj")
                .layer(layer + "layernorm_before", "blocks.{i}.norm1")
                .layers(
                        List.of(attention + "query", attention + "key", attention + "value"),
                        List.of("blocks.{i}.attn.qkv"),
                        Step.fuse(1, 1, 1))
                .layer(layer + "attention.output.dense", "blocks.{i}.attn.proj")
                .layer(layer + "layernorm_after", "blocks.{i}.norm2")
                .layer(layer + "intermediate.dense", "blocks.{i}.mlp.fc1")
                .layer(layer + "output.dense", "blocks.{i}.mlp.fc2")
                .layer(prefix + "layernorm", "norm")
                .layer("classifier", "head")
                .layer("cls_classifier", "head")
                .layer("distillation_classifier", "head_dist");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect = new Dialect().resampling(PositionResampling.BICUBIC);
        HuggingFaceConfig.of(source, notes).describe(dialect);
        return dialect;
    }

    @Override
    public void check(Source source, Architecture found) {
        source.config().ifPresent(config -> HuggingFaceConfig.check(config, found));
    }

    @Override
    public Optional<Labels> labels(Source source, List<String> notes) {
        return source.config().flatMap(config -> HuggingFaceConfig.labels(config, notes));
    }

    @Override
    public Preprocessing preprocessing(Source source, Architecture found, List<String> notes) {
        return HuggingFacePreprocessing.of(source, found, notes);
    }
}
