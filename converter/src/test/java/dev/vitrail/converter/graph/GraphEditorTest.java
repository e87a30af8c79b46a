package dev.vitrail.converter.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GraphEditorTest {
    private static final Graph GRAPH =
            GraphText.parse(
                    """
                    graph g opset 17
                    input x: float[2]
                    weight w: float[2] = {1.0, 2.0}
                    a: float[2] = Relu(x)
                    b: float[2] = Neg(a)
                    c: float[2] = Identity(b)
                    y: float[2] = Add(c, w)
                    output y
                    """);

    private final GraphEditor editor = new GraphEditor(GRAPH);

    @Test
    void givesTheSameGraphIfNothingIsChanged() {
        assertThat(editor.apply()).isSameAs(GRAPH);
    }

    @Test
    void followsReplacementsOfReplacements() {
        editor.replace(value(2), value(1));
        editor.replace(value(1), value(0));
        assertThat(editor.current(value(2))).isEqualTo(value(0));
        assertThat(GraphText.print(editor.apply())).contains("y: float[2] = Add(a, w)");
    }

    @Test
    void doesNotReplaceInACircle() {
        assertThat(editor.replace(value(2), value(1))).isTrue();
        assertThat(editor.replace(value(1), value(2))).isFalse();
    }

    @Test
    void anOutputKeepsItsNameWhateverItIs() {
        assertThat(editor.replace(value(3), value(2))).isTrue();
        Graph changed = editor.apply();
        assertThat(GraphCheck.problems(changed)).isEmpty();
        assertThat(GraphText.print(changed))
                .contains("y: float[2] = Identity(b) @c")
                .contains("y_2: float[2] = Add(y, w) @y")
                .endsWith("output y\n");
    }

    @Test
    void doesNotReplaceAnOutputByAnInputOrAWeight() {
        assertThat(editor.replace(value(3), GRAPH.inputs().get(0))).isFalse();
        assertThat(editor.replace(value(3), GRAPH.initializers().get(0).value())).isFalse();
        assertThat(editor.apply()).isSameAs(GRAPH);
    }

    @Test
    void putsNodesAndConstantsWhereANodeStood() {
        Constant two = Constant.ofLongs(TensorType.of(ElementType.FLOAT), 2);
        Value constant = editor.add("w", two);
        Node neg = GRAPH.nodes().get(1);
        editor.rewrite(
                neg,
                new Node(
                        "Mul",
                        editor.unique("b"),
                        java.util.List.of(value(0), constant),
                        neg.outputs(),
                        java.util.Map.of()));
        Graph changed = editor.apply();
        assertThat(GraphCheck.problems(changed)).isEmpty();
        assertThat(GraphText.print(changed))
                .contains("weight w_2: float[] = {2.0}\n")
                .contains("b: float[2] = Mul(a, w_2) @b_2\n");
    }

    private static Value value(int node) {
        return GRAPH.nodes().get(node).output();
    }
}
