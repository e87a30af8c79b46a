package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.runtime.AttentionOutputs.Reads;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Maps of two layers of two heads over four tokens, the last two of them patches, against what
 * NumPy computes of the same numbers by the paper's formula: {@code (A + I) / 2}, rows brought to a
 * sum of one, multiplied from the first layer to the last.
 */
class AttentionTest {
    private static final float[] FIRST = {
        4, 1, 2, 3, 1, 5, 2, 2, 3, 3, 1, 3, 2, 2, 5, 1, // head 0
        1, 1, 1, 7, 2, 4, 2, 2, 6, 1, 1, 2, 5, 2, 2, 1, // head 1
    };
    private static final float[] SECOND = {
        2, 3, 4, 1, 1, 1, 1, 7, 2, 2, 3, 3, 4, 4, 1, 1, // head 0
        1, 2, 1, 6, 3, 3, 2, 2, 1, 7, 1, 1, 2, 2, 2, 4, // head 1
    };

    @ParameterizedTest
    @CsvSource({
        "TOKEN, ROLLOUT, 0.36632201",
        "TOKEN, LAST, 0.41666667",
        "TOKEN_AND_DISTILLATION, ROLLOUT, 0.38400633",
        "TOKEN_AND_DISTILLATION, LAST, 0.33333333",
        "MEAN, ROLLOUT, 0.48920863",
        "MEAN, LAST, 0.4375",
        "TOKEN_AND_MEAN, ROLLOUT, 0.43657071",
        "TOKEN_AND_MEAN, LAST, 0.425",
        "POOL, ROLLOUT, 0.41359711",
        // What attention pooling itself weighs the patches with.
        "POOL, LAST, 0.3"
    })
    void mapsAreThePapersFormula(Reads reads, Attention.Method method, float first) {
        AttentionOutputs outputs = new AttentionOutputs(List.of("a", "b"), 1, 2, 2, reads);
        Attention attention =
                new Attention(
                        outputs,
                        List.of(average(FIRST), average(SECOND)),
                        Attention.overHeads(new float[] {0.1f, 0.9f, 0.5f, 0.5f}, 2));
        AttentionMap map = attention.map(method);
        assertThat(map.height()).isEqualTo(1);
        assertThat(map.width()).isEqualTo(2);
        // The weights are floats, rounded by 6e-8 each.
        assertThat(map.shares()[0]).isCloseTo(first, within(3e-7f));
        assertThat(map.shares()[1]).isCloseTo(1 - first, within(3e-7f));
        assertThat(map.least()).isEqualTo(Math.min(map.shares()[0], map.shares()[1]));
        assertThat(map.largest()).isEqualTo(Math.max(map.shares()[0], map.shares()[1]));
    }

    private static float[] average(float[] tenths) {
        float[] weights = new float[tenths.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = tenths[i] / 10;
        }
        return Attention.overHeads(weights, 16);
    }

    @Test
    void aFileWithoutTheEntryHandsOutNothing() {
        assertThat(AttentionOutputs.read("m.onnx", Map.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no json| is not what it must be: it is not JSON from its character ",
                "{'layers':[],'grid_height':1,'grid_width':1,'prefix_tokens':1,'reads':'token'}"
                        + "|there must be layers",
                "{'layers':['a'],'grid_height':0,'grid_width':1,'prefix_tokens':1,'reads':'token'}"
                        + "|the grid is 0x1",
                "{'layers':['a'],'grid_height':1,'grid_width':1,'prefix_tokens':0,'reads':'token'}"
                        + "|prefix_tokens is 0, must be at least 1",
                "{'layers':['a'],'grid_height':1,'grid_width':1,'prefix_tokens':1,'reads':'x'}"
                        + "|.reads is not what it must be: it is \"x\", must be one of token, ",
                "{'layers':['a'],'grid_height':1,'grid_width':1,'prefix_tokens':1}"
                        + "|.reads is not what it must be: it is missing",
                "{'layers':5}|.layers is not what it must be: it must be an array"
            })
    void refusesAnEntryThatCannotBe(String json, String reason) {
        Map<String, String> metadata = Map.of(AttentionOutputs.METADATA, json.replace("'", "\""));
        assertThatThrownBy(() -> AttentionOutputs.read("m.onnx", metadata))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith("m.onnx: metadata vitrail.attention")
                .hasMessageContaining(reason);
    }
}
