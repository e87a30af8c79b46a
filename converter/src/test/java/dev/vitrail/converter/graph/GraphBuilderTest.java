package dev.vitrail.converter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GraphBuilderTest {
    private static final TensorType TYPE = TensorType.of(ElementType.FLOAT, 2);

    private final GraphBuilder builder = new GraphBuilder("g", 17);
    private final Value x = builder.input("x", TYPE);

    @Test
    void namesFollowPathsAndStayUnique() {
        Value a = builder.node("Relu", "blocks.0.mlp", TYPE, x);
        Value b = builder.node("Softmax", "blocks.0.mlp", TYPE, a);
        Value c = builder.node("Softmax", "blocks.0.mlp", TYPE, b);
        Value d = builder.node("Softmax", "blocks.0.mlp/Softmax", TYPE, c);
        Value e = builder.node("Neg", "", TYPE, d);
        builder.output("y", e);
        assertThat(GraphText.print(builder.build()))
                .isEqualTo(
                        """
                        graph g opset 17
                        input x: float[2]
                        blocks.0.mlp: float[2] = Relu(x)
                        blocks.0.mlp/Softmax: float[2] = Softmax(blocks.0.mlp)
                        blocks.0.mlp/Softmax_2: float[2] = Softmax(blocks.0.mlp/Softmax)
                        blocks.0.mlp/Softmax_3: float[2] = Softmax(blocks.0.mlp/Softmax_2)
                        y: float[2] = Neg(blocks.0.mlp/Softmax_3) @Neg
                        output y
                        """);
    }

    @Test
    void handsOutInputsAndTwiceTheSameThroughAnIdentity() {
        Value a = builder.node("Relu", "relu", TYPE, x);
        builder.output("first", a);
        builder.output("second", a);
        builder.output("third", x);
        Graph graph = GraphCheck.require(builder.build());
        assertThat(GraphText.print(graph))
                .isEqualTo(
                        """
                        graph g opset 17
                        input x: float[2]
                        first: float[2] = Relu(x) @relu
                        second: float[2] = Identity(first)
                        third: float[2] = Identity(x)
                        output first
                        output second
                        output third
                        """);
    }

    @Test
    void keepsReservedNamesForOutputs() {
        builder.reserve("logits");
        Value a = builder.node("Relu", "logits", TYPE, x);
        builder.output("logits", builder.node("Neg", "head", TYPE, a));
        assertThat(GraphText.print(builder.build()))
                .contains(
                        "logits/Relu: float[2] = Relu(x)\n"
                                + "logits: float[2] = Neg(logits/Relu) @head");
    }

    @Test
    void holdsTheSameConstantOnce() {
        assertThat(builder.longs("a", 1, 2)).isSameAs(builder.longs("b", 1, 2));
        assertThat(builder.longs("a", 1, 3).name()).isEqualTo("a_2");
    }

    @Test
    void refusesAWeightOrOutputWhoseNameIsTaken() {
        assertThatThrownBy(() -> builder.weight("x", TYPE, TensorData.ofFloats(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the name \"x\" is taken or empty");
        Value a = builder.node("Relu", "relu", TYPE, x);
        assertThatThrownBy(() -> builder.output("x", a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the name \"x\" is taken or empty");
    }

    @Test
    void refusesAWeightWhoseBytesDoNotFit() {
        assertThatThrownBy(() -> builder.weight("w", TYPE, TensorData.ofFloats(1, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("initializer w is float[2], which does not fit 12 bytes");
    }
}
