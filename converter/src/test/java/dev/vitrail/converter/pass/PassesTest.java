package dev.vitrail.converter.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphCheck;
import dev.vitrail.converter.graph.GraphText;
import dev.vitrail.converter.graph.Value;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PassesTest {
    /** Attention over windows, with shape arithmetic as a careless exporter would write it. */
    private static final String ATTENTION =
            """
            graph attention opset 17
            input x: float[batch,6,8]
            weight qkv.weight: float[24,8] = ...
            weight qkv.bias: float[24] = ...
            weight proj.weight: float[8,8] = ...
            weight one: int64[1] = {0}
            weight uno: int64[1] = {0}
            weight tail: int64[4] = {6, 3, 2, 4}
            weight flat: int64[3] = {0, 0, -1}
            weight q: int64[] = {0}
            weight k: int64[] = {1}
            weight v: int64[] = {2}
            weight four: float[] = {4.0}
            weight unit: float[] = {1.0}
            weight nothing: float[8] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}
            qkv.t: float[8,24] = Transpose(qkv.weight)
            qkv.m: float[batch,6,24] = MatMul(x, qkv.t)
            qkv: float[batch,6,24] = Add(qkv.m, qkv.bias)
            shape: int64[3] = Shape(qkv)
            first: int64[1] = Gather(shape, one)
            target: int64[5] = Concat(first, tail) {axis = 0}
            heads: float[batch,6,3,2,4] = Reshape(qkv, target)
            apart: float[3,batch,2,6,4] = Transpose(heads) {perm = [2, 0, 3, 1, 4]}
            query: float[batch,2,6,4] = Gather(apart, q) {axis = 0}
            key: float[batch,2,6,4] = Gather(apart, k) {axis = 0}
            value: float[batch,2,6,4] = Gather(apart, v) {axis = 0}
            key.a: float[batch,6,2,4] = Transpose(key) {perm = [0, 2, 1, 3]}
            key.t: float[batch,2,4,6] = Transpose(key.a) {perm = [0, 2, 3, 1]}
            root: float[] = Sqrt(four)
            scale: float[] = Div(unit, root)
            scores: float[batch,2,6,6] = MatMul(query, key.t)
            scaled: float[batch,2,6,6] = Mul(scores, scale)
            weights: float[batch,2,6,6] = Softmax(scaled) {axis = -1}
            kept: float[batch,2,6,6] = Dropout(weights)
            mixed: float[batch,2,6,4] = MatMul(kept, value)
            back: float[batch,6,2,4] = Transpose(mixed) {perm = [0, 2, 1, 3]}
            shape2: int64[3] = Shape(qkv)
            first2: int64[1] = Gather(shape2, uno)
            joined: float[batch,6,8] = Reshape(back, flat)
            again: float[batch,6,8] = Add(joined, nothing)
            proj: float[batch,6,8] = MatMul(again, proj.weight)
            y: float[batch,6,8] = Identity(proj)
            output y
            """;

    private static final String CONVOLUTION =
            """
            graph convolution opset 17
            input x: float[batch,3,6,6]
            weight conv.weight: float[5,3,3,3] = ...
            weight scale: float[5] = ...
            weight shift: float[5] = ...
            weight mean: float[5] = ...
            weight variance: float[5] = ...
            weight fc.weight: float[80,7] = ...
            weight all: int64[2] = {-1, 80}
            conv: float[batch,5,4,4] = Conv(x, conv.weight)
            norm: float[batch,5,4,4] = BatchNormalization(conv, scale, shift, mean, variance)
            relu: float[batch,5,4,4] = Relu(norm)
            relu2: float[batch,5,4,4] = Relu(norm)
            sum: float[batch,5,4,4] = Add(relu, relu2)
            flat: float[batch,80] = Flatten(sum)
            same: float[batch,80] = Reshape(flat, all)
            logits: float[batch,7] = MatMul(same, fc.weight)
            copy: float[batch,7] = MatMul(flat, fc.weight)
            output logits
            output copy
            """;

    private static final String SEQUENCE =
            """
            graph sequence opset 18
            input ids: int64[batch,sequence]
            input x: float[batch,sequence,4]
            weight table: float[3,4] = ...
            weight axes: int64[1] = {1}
            weight order: int64[2] = {1, 0}
            weight last: int64[1] = {4}
            embedded: float[batch,sequence,4] = Gather(table, ids)
            sum: float[batch,sequence,4] = Add(embedded, x)
            shape: int64[2] = Shape(ids)
            turned: int64[2] = Gather(shape, order)
            target: int64[3] = Concat(turned, last) {axis = 0}
            other: float[sequence,batch,4] = Reshape(sum, target)
            turn: float[batch,sequence,4] = Transpose(other) {perm = [1, 0, 2]}
            mean: float[batch,4] = ReduceMean(turn, axes) {keepdims = 0}
            first: float[batch,4] = ReduceMax(sum, axes) {keepdims = 0}
            y: float[batch,4] = Sub(mean, first)
            output y
            """;

    static Stream<Arguments> everyPassOnEveryGraph() {
        return Stream.of(
                        ATTENTION, ATTENTION.replace("opset 17", "opset 23"), CONVOLUTION, SEQUENCE)
                .flatMap(
                        graph ->
                                Stream.concat(
                                                Passes.standard().passes().stream(),
                                                Stream.of(Passes.standard()))
                                        .map(pass -> Arguments.of(pass, PassTest.parse(graph))));
    }

    @ParameterizedTest
    @MethodSource("everyPassOnEveryGraph")
    void onnxRuntimeComputesTheSameAfterwards(Pass pass, Graph graph) {
        Graph changed = GraphCheck.require(pass.apply(graph));
        assertThat(changed.inputs()).isEqualTo(graph.inputs());
        assertThat(changed.outputs()).isEqualTo(graph.outputs());
        PassTest.assertComputesTheSame(graph, changed);
    }

    @ParameterizedTest
    @MethodSource("everyPassOnEveryGraph")
    void aSecondTimeChangesNothing(Pass pass, Graph graph) {
        Graph once = new RemoveDeadCode().apply(pass.apply(graph));
        assertThat(GraphText.print(new RemoveDeadCode().apply(pass.apply(once))))
                .isEqualTo(GraphText.print(once));
    }

    @Test
    void leaveOfAttentionWhatHasToBeComputed() {
        assertThat(GraphText.print(Passes.standard().apply(PassTest.parse(ATTENTION))))
                .isEqualTo(
                        """
                        graph attention opset 17
                        input x: float[batch,6,8]
                        weight qkv.weight: float[8,24] = ...
                        weight qkv.bias: float[24] = ...
                        weight proj.weight: float[8,8] = ...
                        weight flat: int64[3] = {0, 0, -1}
                        weight q: int64[] = {0}
                        weight k: int64[] = {1}
                        weight v: int64[] = {2}
                        weight heads/shape: int64[5] = {-1, 6, 3, 2, 4}
                        weight scale: float[] = {0.5}
                        qkv.m: float[batch,6,24] = MatMul(x, qkv.weight)
                        qkv: float[batch,6,24] = Add(qkv.m, qkv.bias)
                        heads: float[batch,6,3,2,4] = Reshape(qkv, heads/shape)
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
                        joined: float[batch,6,8] = Reshape(back, flat)
                        y: float[batch,6,8] = MatMul(joined, proj.weight) @proj
                        output y
                        """);
    }

    @Test
    void leaveOneConvolutionOfTwoNodes() {
        Graph graph = Passes.standard().apply(PassTest.parse(CONVOLUTION));
        assertThat(graph.nodes())
                .extracting(node -> node.operator())
                .containsExactly("Conv", "Relu", "Add", "Flatten", "MatMul", "MatMul");
    }

    @Test
    void nameThePassThatFailed() {
        Pass breaking =
                new Pass() {
                    @Override
                    public Graph apply(Graph graph) {
                        return graph.with(graph.initializers(), List.of());
                    }

                    @Override
                    public String name() {
                        return "Breaking";
                    }
                };
        Passes passes = new Passes(List.of(new RemoveDeadCode(), breaking));
        assertThatThrownBy(() -> passes.apply(PassTest.parse(CONVOLUTION)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("pass Breaking: graph convolution is broken: ");
    }

    @Test
    void noticePassesThatUndoEachOther() {
        Pass flipping =
                graph ->
                        new Graph(
                                graph.name() + "x",
                                graph.opsets(),
                                graph.inputs(),
                                List.<Value>copyOf(graph.outputs()),
                                graph.initializers(),
                                graph.nodes());
        assertThatThrownBy(() -> new Passes(List.of(flipping)).apply(PassTest.parse(SEQUENCE)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the passes still change graph sequence after 20 rounds");
    }
}
