package dev.vitrail.converter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphCheckTest {
    private static final TensorType TYPE = TensorType.of(ElementType.FLOAT, 2);
    private static final Value X = new Value("x", TYPE);
    private static final Value Y = new Value("y", TYPE);

    @Test
    void findsNothingWrongWithAGoodGraph() {
        assertThat(GraphCheck.problems(graph(relu("relu", X, Y)))).isEmpty();
    }

    @Test
    void findsWhatIsUsedBeforeItIsGiven() {
        Value z = new Value("z", TYPE);
        assertThat(GraphCheck.problems(graph(relu("first", z, Y), relu("second", X, z))))
                .containsExactly("node first uses z, which nothing before it gives");
    }

    @Test
    void findsAnOutputThatNothingGives() {
        assertThat(GraphCheck.problems(graph()))
                .containsExactly("the outputs uses y, which nothing before it gives");
    }

    @Test
    void findsAValueThatIsGivenTwice() {
        assertThat(GraphCheck.problems(graph(relu("first", X, Y), relu("second", X, Y))))
                .containsExactly("y is given twice, the second time by node second");
    }

    @Test
    void findsTwoNodesWithOneName() {
        Value z = new Value("z", TYPE);
        assertThat(GraphCheck.problems(graph(relu("relu", X, Y), relu("relu", X, z))))
                .containsExactly("two nodes are called relu");
    }

    @Test
    void findsAValueThatIsReadAsAnotherType() {
        Value other = new Value("x", TensorType.of(ElementType.FLOAT, 3));
        assertThat(GraphCheck.problems(graph(relu("relu", other, Y))))
                .containsExactly("node relu uses x as float[3], but it is float[2]");
    }

    @Test
    void findsAValueWithoutAType() {
        Value z = new Value("z", TensorType.UNKNOWN);
        assertThat(GraphCheck.problems(graph(relu("first", X, z), relu("second", z, Y))))
                .containsExactly("z has no type");
    }

    @Test
    void findsANodeThatGivesNothing() {
        assertThat(GraphCheck.problems(graph(relu("relu", X, Y), relu("none", X, Value.ABSENT))))
                .containsExactly("node none gives nothing");
    }

    @ParameterizedTest
    @CsvSource({"Gelu,17", "Gelu,19", "Attention,22", "Scatter,17", "Mish,17", "Rellu,23"})
    void findsOperatorsThatTheOpsetDoesNotHave(String operator, int opset) {
        Node node = new Node(operator, "node", List.of(X), List.of(Y), Map.of());
        assertThat(GraphCheck.problems(graph(opset, node)))
                .containsExactly(
                        "node node is a " + operator + ", which opset " + opset + " does not have");
    }

    @ParameterizedTest
    @CsvSource({"Gelu,20", "Attention,23", "LayerNormalization,17", "Mish,18", "Relu,17"})
    void knowsWhichOpsetBroughtAnOperator(String operator, int opset) {
        Node node = new Node(operator, "node", List.of(X), List.of(Y), Map.of());
        assertThat(GraphCheck.problems(graph(opset, node))).isEmpty();
    }

    @Test
    void findsADomainWithoutAnOpset() {
        Node node =
                new Node(
                        "com.microsoft",
                        "BiasGelu",
                        "n",
                        List.of(X),
                        List.of(Y),
                        new TreeMap<>(),
                        "");
        assertThat(GraphCheck.problems(graph(node)))
                .containsExactly(
                        "node n is of the domain com.microsoft, whose opset is not stated");
    }

    @Test
    void findsAGraphWithoutOutputs() {
        Graph graph =
                new Graph(
                        "g",
                        new TreeMap<>(Map.of("", 17)),
                        List.of(X),
                        List.of(),
                        List.of(),
                        List.of());
        assertThat(GraphCheck.problems(graph)).containsExactly("the graph has no outputs");
    }

    @Test
    void requiringABrokenGraphNamesItAndEveryProblem() {
        assertThatThrownBy(() -> GraphCheck.require(graph(relu("a", Y, X))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "graph g is broken: node a uses y, which nothing before it gives; x is"
                            + " given twice, the second time by node a; the outputs uses y, which"
                            + " nothing before it gives");
    }

    private static Node relu(String name, Value input, Value output) {
        return new Node("Relu", name, List.of(input), List.of(output), Map.of());
    }

    private static Graph graph(Node... nodes) {
        return graph(17, nodes);
    }

    private static Graph graph(int opset, Node... nodes) {
        return new Graph(
                "g",
                new TreeMap<>(Map.of("", opset)),
                List.of(X),
                List.of(Y),
                List.of(),
                List.of(nodes));
    }
}
