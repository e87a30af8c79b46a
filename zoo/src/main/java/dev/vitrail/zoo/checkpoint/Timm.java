package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import java.util.List;
import java.util.Optional;

/**
 * PyTorch image models, and DeiT, whose files have the same names but for layer scale. Its names
 * are ours, so this table is also the list of what a network of ours can have.
 */
class Timm implements Family {

    private static final String CONVOLUTION = "patch_embed.backbone.{n}.";

    @Override
    public String id() {
        return "timm";
    }

    @Override
    public boolean recognises(Source source) {
        return source.hasAny("blocks.*.attn.qkv.*") || source.hasAny("blocks.*.norm1.*");
    }

    @Override
    public NameMap names(Source source) {
        return table();
    }

    static NameMap table() {
        NameMap names = new NameMap();
        for (String name :
                List.of("cls_token", "dist_token", "reg_token", "pos_embed", "attn_pool.latent")) {
            names.row(name, name);
        }
        for (String layer :
                List.of(
                        "patch_embed.proj",
                        "norm_pre",
                        "blocks.{i}.norm1",
                        "blocks.{i}.attn.qkv",
                        "blocks.{i}.attn.q_norm",
                        "blocks.{i}.attn.k_norm",
                        "blocks.{i}.attn.proj",
                        "blocks.{i}.norm2",
                        "blocks.{i}.mlp.fc1",
                        "blocks.{i}.mlp.fc2",
                        "norm",
                        "attn_pool.q",
                        "attn_pool.kv",
                        "attn_pool.proj",
                        "attn_pool.norm",
                        "attn_pool.mlp.fc1",
                        "attn_pool.mlp.fc2",
                        "fc_norm",
                        "pre_logits.fc",
                        "head",
                        "head_dist")) {
            names.layer(layer, layer);
        }
        resNet(names);
        normalised(names.row(CONVOLUTION + "conv.weight", CONVOLUTION + "conv.weight"));
        for (int scale = 1; scale <= 2; scale++) {
            String ours = "blocks.{i}.ls" + scale + ".gamma";
            names.row(ours, ours);
            names.row("blocks.{i}.gamma_" + scale, ours); // DeiT-3's own files
        }
        // A gate of its own, as in EVA; the gate's half comes first.
        return names.layers(
                List.of("blocks.{i}.mlp.fc1_g", "blocks.{i}.mlp.fc1_x"),
                List.of("blocks.{i}.mlp.fc1"),
                Step.fuse(1, 1));
    }

    private static void normalised(NameMap names) {
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
            names.row(CONVOLUTION + "bn." + part, CONVOLUTION + "bn." + part);
        }
        names.leaveOut("*.num_batches_tracked", "counts training steps");
    }

    /** The R50 of the hybrids (Kolesnikov et al. 2020), as timm's resnetv2 names it. */
    private static void resNet(NameMap names) {
        for (String stem : List.of("patch_embed.backbone.stem.", "patch_embed.backbone.")) {
            names.row(stem + "conv.weight", stem + "conv.weight");
            names.layer(stem + "norm", stem + "norm");
        }
        String unit = "patch_embed.backbone.stages.{s}.blocks.{b}.";
        for (int i = 1; i <= 3; i++) {
            names.row(unit + "conv" + i + ".weight", unit + "conv" + i + ".weight");
            names.layer(unit + "norm" + i, unit + "norm" + i);
        }
        names.row(unit + "downsample.conv.weight", unit + "downsample.conv.weight");
        names.layer(unit + "downsample.norm", unit + "downsample.norm");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect = new Dialect();
        source.config()
                .ifPresentOrElse(
                        config -> TimmConfig.of(config).describe(dialect, source),
                        () ->
                                notes.add(
                                        "no config.json: epsilon 1e-6 and exact GELU, as most of"
                                                + " timm's networks have"));
        return dialect;
    }

    @Override
    public void check(Source source, Architecture found) {
        source.config().ifPresent(config -> TimmConfig.of(config).check(found));
    }

    @Override
    public Optional<Labels> labels(Source source, List<String> notes) {
        return source.config().flatMap(config -> TimmConfig.of(config).labels(notes));
    }

    @Override
    public Preprocessing preprocessing(Source source, Architecture found, List<String> notes) {
        Optional<TimmConfig> config = source.config().map(TimmConfig::of);
        if (config.isEmpty()) {
            notes.add("no config.json: preprocessing is timm's default (crop 0.875, ImageNet)");
        }
        return TimmPreprocessing.of(config.map(TimmConfig::pretrained), found);
    }

    @Override
    public Optional<String> name(Source source) {
        return source.config().flatMap(config -> TimmConfig.of(config).architecture());
    }
}
