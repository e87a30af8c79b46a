package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionResampling;
import java.util.List;
import java.util.Optional;

/** Transformers' {@code dinov2} and {@code dinov2_with_registers}. */
final class HuggingFaceDinov2 extends HuggingFace {

    static final String PLAIN = "dinov2.";
    static final String WITH_REGISTERS = "dinov2_with_registers.";

    private static final String LAYER = "encoder.layer.";

    /** What both config classes default to. */
    static final double EPSILON = 1e-6;

    HuggingFaceDinov2() {
        super("Hugging Face DINOv2", EPSILON, ActivationKind.GELU);
    }

    @Override
    public boolean recognises(Source source) {
        return source.hasAny("*encoder.layer.*.layer_scale1.lambda1")
                || source.hasAny("*encoder.layer.*.layer_scale2.lambda1");
    }

    @Override
    public NameMap names(Source source) {
        String prefix = prefix(source, List.of(PLAIN, WITH_REGISTERS, ""), LAYER + "*");
        boolean gated = source.hasAny("*.mlp.weights_*");
        NameMap names = table(prefix, hasRegisters(source), gated ? MlpKind.SWIGLU : MlpKind.PLAIN);
        inMemory(names, prefix + LAYER + "{i}.");
        return names.leaveOut(
                prefix + "embeddings.mask_token", "only masked pre-training reads it");
    }

    private static void inMemory(NameMap names, String layer) {
        HuggingFaceVit.attentionInMemory(names, layer)
                .layers(
                        List.of(layer + "mlp.gate_proj", layer + "mlp.up_proj"),
                        List.of("blocks.{i}.mlp.fc1"),
                        Step.fuse(1, 1))
                .layer(layer + "mlp.down_proj", "blocks.{i}.mlp.fc2");
    }

    private static boolean hasRegisters(Source source) {
        return source.hasAny("*embeddings.register_tokens")
                || source.modelType().equals("dinov2_with_registers");
    }

    static NameMap table(String prefix, boolean registers, MlpKind mlp) {
        boolean gated = mlp == MlpKind.SWIGLU;
        String layer = prefix + LAYER + "{i}.";
        String token = prefix + "embeddings.cls_token";
        String positions = prefix + "embeddings.position_embeddings";
        NameMap names = new NameMap();
        if (registers) {
            names.row(
                    List.of(token, positions), List.of("cls_token", "pos_embed"), ClassRow.FOLDED);
        } else {
            names.row(token, "cls_token").row(positions, "pos_embed");
        }
        return names.row(prefix + "embeddings.register_tokens", "reg_token")
                .layer(prefix + "embeddings.patch_embeddings.projection", "patch_embed.proj")
                .layer(layer + "norm1", "blocks.{i}.norm1")
                .layers(
                        HuggingFaceVit.queryKeyValue(layer),
                        List.of("blocks.{i}.attn.qkv"),
                        Step.fuse(1, 1, 1))
                .layer(layer + "attention.output.dense", "blocks.{i}.attn.proj")
                .row(layer + "layer_scale1.lambda1", "blocks.{i}.ls1.gamma")
                .layer(layer + "norm2", "blocks.{i}.norm2")
                .layer(layer + (gated ? "mlp.weights_in" : "mlp.fc1"), "blocks.{i}.mlp.fc1")
                .layer(layer + (gated ? "mlp.weights_out" : "mlp.fc2"), "blocks.{i}.mlp.fc2")
                .row(layer + "layer_scale2.lambda1", "blocks.{i}.ls2.gamma")
                .layer(prefix + "layernorm", "norm")
                .layer("classifier", "head");
    }

    /** With registers positions are resampled with antialiasing, which nothing else here does. */
    @Override
    public Dialect dialect(Source source, List<String> notes) {
        return super.dialect(source, notes)
                .resampling(
                        hasRegisters(source)
                                ? PositionResampling.BICUBIC_ANTIALIAS
                                : PositionResampling.BICUBIC)
                .pooling(Optional.of(Pooling.TOKEN_AND_MEAN))
                .registers(source.config().flatMap(config -> config.integer("num_register_tokens")))
                .layerScale(source.config().flatMap(config -> config.number("layerscale_value")));
    }
}
