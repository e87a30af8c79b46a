package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphCheck;
import dev.vitrail.converter.graph.GraphText;
import dev.vitrail.converter.pass.Passes;
import dev.vitrail.converter.testing.OnnxChecker;
import dev.vitrail.converter.testing.OnnxRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxCheckerTest {
    private static final String ENCODER =
            """
            graph encoder opset 17
            input x: float[batch,6,8]
            weight norm.weight: float[8] = ...
            weight norm.bias: float[8] = ...
            weight qkv.weight: float[8,24] = ...
            weight split: int64[5] = {0, 6, 3, 2, 4}
            weight join: int64[3] = {0, 6, 8}
            weight fc.weight: float[8,2000] = ...
            weight root: float[] = {1.4142135}
            weight one: float[] = {1.0}
            weight half: float[] = {0.5}
            weight q: int64[] = {0}
            weight k: int64[] = {1}
            weight v: int64[] = {2}
            weight scale: float[] = {0.5}
            norm: float[batch,6,8] = LayerNormalization(x, norm.weight, norm.bias) {axis = -1, epsilon = 1.0E-6}
            qkv: float[batch,6,24] = MatMul(norm, qkv.weight)
            heads: float[batch,6,3,2,4] = Reshape(qkv, split)
            apart: float[3,batch,2,6,4] = Transpose(heads) {perm = [2, 0, 3, 1, 4]}
            query: float[batch,2,6,4] = Gather(apart, q) {axis = 0}
            key: float[batch,2,6,4] = Gather(apart, k) {axis = 0}
            value: float[batch,2,6,4] = Gather(apart, v) {axis = 0}
            key.t: float[batch,2,4,6] = Transpose(key) {perm = [0, 1, 3, 2]}
            scores: float[batch,2,6,6] = MatMul(query, key.t)
            scaled: float[batch,2,6,6] = Mul(scores, scale)
            weights: float[batch,2,6,6] = Softmax(scaled) {axis = -1}
            mixed: float[batch,2,6,4] = MatMul(weights, value)
            back: float[batch,6,2,4] = Transpose(mixed) {perm = [0, 2, 1, 3]}
            joined: float[batch,6,8] = Reshape(back, join)
            added: float[batch,6,8] = Add(joined, x)
            fc: float[batch,6,2000] = MatMul(added, fc.weight)
            gelu.d: float[batch,6,2000] = Div(fc, root)
            gelu.e: float[batch,6,2000] = Erf(gelu.d)
            gelu.a: float[batch,6,2000] = Add(gelu.e, one)
            gelu.m: float[batch,6,2000] = Mul(fc, gelu.a)
            gelu: float[batch,6,2000] = Mul(gelu.m, half)
            logits: float[batch,2000] = ReduceMax(gelu) {axes = [1], keepdims = 0}
            output logits
            """;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 19, 20, 21, 22})
    void acceptsWhatIsWrittenAtEveryOpsetItKnows(int opset) {
        for (ExternalDataPolicy policy : ExternalDataPolicy.values()) {
            OnnxChecker.check(write(encoder(opset), policy + "-" + opset + ".onnx", policy));
        }
    }

    @Test
    void acceptsWhatThePassesMake() {
        Graph graph = Passes.standard().apply(encoder(17));
        OnnxChecker.check(write(graph, "passed.onnx", ExternalDataPolicy.AUTO));
    }

    @Test
    void refusesAShapeThatIsNotTrue() {
        Graph wrong =
                GraphText.parse(
                        ENCODER.replace("logits: float[batch,2000]", "logits: float[batch,1999]"),
                        OnnxRun::weights);
        Path file = write(wrong, "wrong.onnx", ExternalDataPolicy.AUTO);
        assertThatThrownBy(() -> OnnxChecker.check(file))
                .isInstanceOfAny(AssertionError.class, org.opentest4j.TestAbortedException.class);
    }

    @Test
    void acceptsWhatIsWrittenAtTheOpsetThatItDoesNotKnow() {
        OnnxChecker.checkWherePresent(
                write(encoder(23), "opset-23.onnx", ExternalDataPolicy.AUTO), 23);
    }

    @Test
    void refusesAnAttributeAndAnExtentAtTheOpsetThatItDoesNotKnow() {
        String text = GraphText.print(encoder(23));
        assumeTrue(OnnxChecker.isPresent());
        for (String wrong :
                List.of(
                        text.replace("apart, q) {axis = 0}", "apart, q) {axes = 0}"),
                        text.replace("logits: float[batch,2000]", "logits: float[batch,1999]"))) {
            assertThat(wrong).isNotEqualTo(text);
            Path file =
                    write(
                            GraphText.parse(wrong, OnnxRun::weights),
                            "wrong.onnx",
                            ExternalDataPolicy.NEVER);
            assertThatThrownBy(() -> OnnxChecker.checkWherePresent(file, 23))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void onnxRuntimeRefusesARankANumberTypeAndAnOperatorThatAreNotTrue() {
        String text = GraphText.print(encoder(23));
        List<String> wrong =
                List.of(
                        text.replace("logits: float[batch,2000]", "logits: float[batch,2000,1]"),
                        text.replace("logits: float[batch,2000]", "logits: double[batch,2000]"),
                        text.replace("= Erf(", "= Erfc("));
        for (String graph : wrong) {
            assertThat(graph).isNotEqualTo(text);
            Path file =
                    write(
                            GraphText.parse(graph, OnnxRun::weights),
                            "wrong.onnx",
                            ExternalDataPolicy.AUTO);
            assertThatThrownBy(() -> OnnxChecker.checkByOnnxRuntime(file))
                    .isInstanceOf(AssertionError.class);
        }
    }

    private static Graph encoder(int opset) {
        String text = ENCODER.replace("opset 17", "opset " + opset);
        if (opset >= 18) {
            text =
                    text.replace(
                                    "graph encoder opset " + opset + "\n",
                                    "graph encoder opset "
                                            + opset
                                            + "\nweight axes: int64[1] = {1}\n")
                            .replace("ReduceMax(gelu) {axes = [1], ", "ReduceMax(gelu, axes) {");
        }
        return GraphCheck.require(GraphText.parse(text, OnnxRun::weights));
    }

    private Path write(Graph graph, String name, ExternalDataPolicy policy) {
        OnnxMetadata metadata = OnnxMetadata.of("vitrail", "1", Map.of("vitrail.labels", "[]"));
        Path target = folder.resolve(name);
        try (PendingModel pending = OnnxWriter.write(graph, metadata, target, policy)) {
            pending.commit();
        }
        if (!Files.isRegularFile(target)) {
            throw new AssertionError(target + " was not written");
        }
        return target;
    }
}
