package dev.vitrail.converter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphTextTest {
    private static final String EVERYTHING =
            """
            graph "odd name" opset 20, com.microsoft 1
            input x: float[batch,3,64*batch,"floor(h/2) + 1",?]
            input scalar: int64[]
            weight empty: float[0] = {}
            weight halves: float16[2] = {15360, 48128}
            weight flags: bool[2] = {0, 1}
            weight numbers: float[6] = {1.0, -1.0E-7, 3.4028235E38, NaN, Infinity, -Infinity}
            weight precise: double[1] = {0.1}
            weight whole: int64[2] = {-9223372036854775808, 9223372036854775807}
            weight large: float[17] = ...
            blocks.0.attn.qkv: float[batch] = MatMul(x, large)
            a: float[2], _, "b:2": float[2] = com.microsoft::Odd(a, , scalar) @path/Odd "say \\"why\\"\\nand \\\\ how"
            _, c: float[2] = Dropout(a) {ratio = 0.5, seed = 3} @drop
            y: float[2] = Many(c) {empties = ints[], floats = [1.0, 2.0], none = floats[], number = 1, text = "a, b", texts = ["p", "q"], value = int64[2]{1, 2}, words = texts[]}
            output y
            output c
            """
                    .replace("Odd(a, , scalar)", "Odd(blocks.0.attn.qkv, , scalar)");

    private static final TensorData LARGE =
            TensorData.ofBuffers(68, () -> List.of(java.nio.ByteBuffer.allocate(68)));

    @Test
    void printsWhatItParsed() {
        Graph graph = GraphText.parse(EVERYTHING, value -> LARGE);
        assertThat(GraphText.print(graph)).isEqualTo(EVERYTHING);
    }

    @Test
    void parsesWhatItPrinted() {
        Graph graph = GraphText.parse(EVERYTHING, value -> LARGE);
        assertThat(GraphText.parse(GraphText.print(graph), value -> LARGE)).isEqualTo(graph);
    }

    @Test
    void everyPartHasItsPlace() {
        Graph graph = GraphText.parse(EVERYTHING, value -> LARGE);
        assertThat(graph.name()).isEqualTo("odd name");
        assertThat(graph.opsets())
                .containsExactlyInAnyOrderEntriesOf(Map.of("", 20, "com.microsoft", 1));
        assertThat(graph.inputs().get(0).type().dims())
                .containsExactly(
                        Dim.batch(),
                        Dim.fixed(3),
                        new Dim.Symbol("batch", 64),
                        Dim.symbol("floor(h/2) + 1"),
                        new Dim.Unknown());
        Node odd = graph.nodes().get(1);
        assertThat(odd.domain()).isEqualTo("com.microsoft");
        assertThat(odd.name()).isEqualTo("path/Odd");
        assertThat(odd.documentation()).isEqualTo("say \"why\"\nand \\ how");
        assertThat(odd.input(1)).isEqualTo(Value.ABSENT);
        assertThat(odd.outputs()).extracting(Value::name).containsExactly("a", "", "b:2");
        assertThat(graph.nodes().get(0).name()).isEqualTo("blocks.0.attn.qkv");
        assertThat(graph.nodes().get(3).attributes())
                .containsEntry("number", Attribute.of(1))
                .containsEntry("floats", Attribute.floats(1, 2))
                .containsEntry("empties", Attribute.ints())
                .containsEntry(
                        "value",
                        new Attribute.Tensor(
                                TensorType.of(ElementType.INT64, 2), TensorData.ofLongs(1, 2)));
    }

    @Test
    void skipsCommentsAndEmptyLines() {
        Graph graph = GraphText.parse("# why\n\ngraph g opset 17\n  input x: float[2]\noutput x\n");
        assertThat(GraphText.print(graph))
                .isEqualTo("graph g opset 17\ninput x: float[2]\noutput x\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "y: float[2] = Relu(z)     | line 3: \"z\" is not defined above in: y: float[2] ="
                        + " Relu(z)",
                "y: flaot[2] = Relu(x)     | line 3: no element type is called \"flaot\" in",
                "y: float[2] = Relu(x      | line 3: \",\" is missing before \"\" in",
                "y: float[2] Relu(x)       | line 3: \"=\" is missing before \"Relu\" in",
                "y: float[2] = Relu(x) y z | line 3: \"z\" is too much in",
                "weight w: float[2] = ...  | line 3: the elements of w are not printed in",
                "weight w: float[2] = {1.0} | line 3: ",
                "weight w: float[2] = {a, b} | line 3: ",
            })
    void saysWhichLineItDoesNotUnderstand(String line, String message) {
        assertThatThrownBy(
                        () ->
                                GraphText.parse(
                                        "graph g opset 17\ninput x: float[2]\n" + line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void refusesATextWithoutAGraph() {
        assertThatThrownBy(() -> GraphText.parse(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the text does not begin with \"graph\"");
    }
}
