package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.zoo.checkpoint.Ledger.Line;
import dev.vitrail.zoo.checkpoint.Ledger.Mapped;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerLinesTest {

    @Test
    void saysOnceWhatHappensInEveryBlock() {
        assertThat(
                        lines(
                                fused("vit.encoder.layer.0.%s.bias"),
                                fused("vit.encoder.layer.1.%s.bias")))
                .containsExactly(
                        new Line(
                                "vit.encoder.layer.*.{query,key,value}.bias",
                                "blocks.*.attn.qkv.bias",
                                "fused",
                                2));
    }

    @Test
    void keepsNumbersThatTellTheBlocksPartsApart() {
        assertThat(
                        lines(
                                same("Transformer/encoderblock_0/LayerNorm_0/bias", "norm1.bias"),
                                same("Transformer/encoderblock_0/LayerNorm_2/bias", "norm2.bias"),
                                same("encoder.layers.encoder_layer_11.mlp.3.bias", "fc2.bias"),
                                same("params/MAPHead_0/MlpBlock_0/Dense_1/bias", "fc2.bias")))
                .extracting(Line::from)
                .containsExactly(
                        "Transformer/encoderblock_*/LayerNorm_0/bias",
                        "Transformer/encoderblock_*/LayerNorm_2/bias",
                        "encoder.layers.encoder_layer_*.mlp.3.bias",
                        "params/MAPHead_0/MlpBlock_0/Dense_1/bias");
    }

    @Test
    void joinsPathsOfSlashes() {
        assertThat(lines(fused("Transformer/encoderblock_0/Attention_1/%s/kernel")))
                .extracting(Line::from)
                .containsExactly("Transformer/encoderblock_*/Attention_1/{query,key,value}/kernel");
    }

    private static List<Line> lines(Mapped... mapped) {
        return new Ledger(List.of(mapped), List.of(), List.of()).lines();
    }

    private static Mapped same(String from, String to) {
        return new Mapped(List.of(from), List.of(to), "as it is");
    }

    private static Mapped fused(String pattern) {
        List<String> from =
                List.of(
                        String.format(pattern, "query"),
                        String.format(pattern, "key"),
                        String.format(pattern, "value"));
        return new Mapped(from, List.of("blocks.0.attn.qkv.bias"), "fused");
    }
}
