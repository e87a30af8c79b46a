package dev.vitrail.converter.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FuseAttentionTest extends PassTest {
    private static final String INPUTS =
            """
            graph g opset 23
            input q: float[batch,2,5,4]
            input k: float[batch,2,7,4]
            input v: float[batch,2,7,3]
            weight scale: float[] = {0.3}
            """;

    FuseAttentionTest() {
        super(new FuseAttention());
    }

    @Test
    void fusesWithTheScaleAtTheQuery() {
        becomes(
                INPUTS
                        + """
                        query: float[batch,2,5,4] = Mul(q, scale)
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        scores: float[batch,2,5,7] = MatMul(query, kt)
                        weights: float[batch,2,5,7] = Softmax(scores) {axis = -1} @attn/Softmax
                        y: float[batch,2,5,3] = MatMul(weights, v) @attn/MatMul "why"
                        output y
                        """,
                fused("scale = 0.3", "@attn/Attention \"why\""));
    }

    @Test
    void fusesWithTheScaleAtTheScoresOrAsADivision() {
        becomes(
                INPUTS
                        + """
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        scores: float[batch,2,5,7] = MatMul(q, kt)
                        scaled: float[batch,2,5,7] = Mul(scale, scores)
                        weights: float[batch,2,5,7] = Softmax(scaled) {axis = 3}
                        y: float[batch,2,5,3] = MatMul(weights, v)
                        output y
                        """,
                fused("scale = 0.3", ""));
        becomes(
                INPUTS
                        + """
                        weight two: float[1] = {2.0}
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        query: float[batch,2,5,4] = Mul(q, scale)
                        scores: float[batch,2,5,7] = MatMul(query, kt)
                        scaled: float[batch,2,5,7] = Div(scores, two)
                        weights: float[batch,2,5,7] = Softmax(scaled)
                        y: float[batch,2,5,3] = MatMul(weights, v)
                        output y
                        """,
                fused("scale = 0.15", ""));
    }

    /**
     * Without the attribute the operator would scale by one over the root of the head dimension.
     */
    @Test
    void statesTheScaleWhereThereIsNone() {
        becomes(
                INPUTS
                        + """
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        scores: float[batch,2,5,7] = MatMul(q, kt)
                        weights: float[batch,2,5,7] = Softmax(scores) {axis = -1}
                        y: float[batch,2,5,3] = MatMul(weights, v)
                        output y
                        """,
                fused("scale = 1.0", ""));
    }

    @Test
    void keepsTheTransposedKeyForItsOtherReaders() {
        String rest =
                """
                z: float[batch,2,4,7] = Relu(kt)
                output y
                output z
                """;
        becomes(
                INPUTS
                        + """
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        scores: float[batch,2,5,7] = MatMul(q, kt)
                        weights: float[batch,2,5,7] = Softmax(scores) {axis = -1}
                        y: float[batch,2,5,3] = MatMul(weights, v)
                        """
                        + rest,
                withoutScale()
                        + """
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        y: float[batch,2,5,3] = Attention(q, k, v) {scale = 1.0}
                        """
                        + rest);
    }

    private static final String FUSABLE =
            INPUTS
                    + """
                    weight mask: float[7] = {0.0, 0.0, 0.0, -9.0, 0.0, 0.0, 0.0}
                    weight column: float[4] = {1.0, 2.0, 3.0, 4.0}
                    weight turned: int64[4] = {-1, 2, 4, 7}
                    query: float[batch,2,5,4] = Mul(q, scale)
                    kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                    scores: float[batch,2,5,7] = MatMul(query, kt)
                    weights: float[batch,2,5,7] = Softmax(scores) {axis = -1}
                    y: float[batch,2,5,3] = MatMul(weights, v)
                    output y
                    """;

    /** One difference each from a graph that is fused without it. */
    static Stream<Arguments> differences() {
        return Stream.of(
                arguments("an older opset", "opset 23", "opset 22"),
                arguments("another axis", "axis = -1", "axis = 2"),
                arguments(
                        "a mask between",
                        "weights: float[batch,2,5,7] = Softmax(scores)",
                        "masked: float[batch,2,5,7] = Add(scores, mask)\n"
                                + "weights: float[batch,2,5,7] = Softmax(masked)"),
                arguments("scores handed out", "output y", "output y\noutput scores"),
                arguments("weights handed out", "output y", "output y\noutput weights"),
                arguments(
                        "scores read twice",
                        "output y",
                        "z: float[batch,2,5,7] = Relu(scores)\noutput y\noutput z"),
                arguments(
                        "weights read twice",
                        "output y",
                        "z: float[batch,2,5,7] = Relu(weights)\noutput y\noutput z"),
                arguments(
                        "a key that is not transposed",
                        "Transpose(k) {perm = [0, 1, 3, 2]}",
                        "Reshape(k, turned)"),
                arguments("one key for all heads", "k: float[batch,2,", "k: float[batch,1,"),
                arguments("one value for all heads", "v: float[batch,2,", "v: float[batch,1,"),
                arguments("one value for the batch", "v: float[batch,2,", "v: float[1,2,"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("differences")
    void leavesAloneWhatDiffersBy(String what, String fusable, String different) {
        assertThat(new FuseAttention().apply(parse(FUSABLE)).nodes())
                .anyMatch(node -> node.is("Attention"));
        assertThat(FUSABLE).contains(fusable);
        leavesAlone(FUSABLE.replace(fusable, different));
    }

    /** The operator takes roots of the scale, and one number for all channels. */
    @ParameterizedTest
    @ValueSource(strings = {"Mul(q, column)", "Mul(q, negative)", "Mul(q, zero)", "Add(q, scale)"})
    void keepsAFactorAtTheQueryThatTheOperatorCannotExpress(String query) {
        String constants =
                """
                weight column: float[4] = {1.0, 2.0, 3.0, 4.0}
                weight negative: float[] = {-0.3}
                weight zero: float[] = {0.0}
                query: float[batch,2,5,4] = %s
                """
                        .formatted(query);
        becomes(
                INPUTS
                        + constants
                        + """
                        kt: float[batch,2,4,7] = Transpose(k) {perm = [0, 1, 3, 2]}
                        scores: float[batch,2,5,7] = MatMul(query, kt)
                        weights: float[batch,2,5,7] = Softmax(scores) {axis = -1}
                        y: float[batch,2,5,3] = MatMul(weights, v)
                        output y
                        """,
                withoutUnused(INPUTS + constants, query)
                        + """
                        y: float[batch,2,5,3] = Attention(query, k, v) {scale = 1.0}
                        output y
                        """);
    }

    private static String withoutUnused(String text, String query) {
        return text.lines()
                .filter(line -> !line.startsWith("weight") || query.contains(line.split("[ :]")[1]))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static String withoutScale() {
        return INPUTS.replace("weight scale: float[] = {0.3}\n", "");
    }

    private static String fused(String scale, String suffix) {
        return withoutScale()
                + "y: float[batch,2,5,3] = Attention(q, k, v) {"
                + scale
                + "} "
                + suffix
                + "\noutput y\n";
    }
}
