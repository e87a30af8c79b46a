package dev.vitrail.converter.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphCheck;
import dev.vitrail.converter.graph.GraphText;
import dev.vitrail.converter.testing.OnnxRun;
import java.util.List;

/** What every test of a pass asks: the text after it, and that ONNX Runtime computes the same. */
abstract class PassTest {
    private final Pass pass;

    PassTest(Pass pass) {
        this.pass = pass;
    }

    /** Applies the pass, then removes what is dead, which most passes leave to another. */
    void becomes(String before, String after) {
        Graph graph = parse(before);
        Graph changed = pass.apply(graph);
        GraphCheck.require(changed);
        assertThat(GraphText.print(new RemoveDeadCode().apply(changed)))
                .isEqualTo(GraphText.print(parse(after)));
        assertComputesTheSame(graph, changed);
    }

    /** Asserts that the pass gives back the very same graph. */
    void leavesAlone(String text) {
        Graph graph = parse(text);
        assertThat(pass.apply(graph)).isSameAs(graph);
    }

    static Graph parse(String text) {
        return GraphCheck.require(GraphText.parse(text, OnnxRun::weights));
    }

    /** With ONNX Runtime's own passes off, at two batch sizes. */
    static void assertComputesTheSame(Graph graph, Graph changed) {
        for (int batch : new int[] {1, 3}) {
            List<float[]> expected = OnnxRun.run(graph, batch);
            List<float[]> actual = OnnxRun.run(changed, batch);
            assertThat(actual).hasSameSizeAs(expected);
            for (int output = 0; output < expected.size(); output++) {
                assertThat(actual.get(output)).hasSameSizeAs(expected.get(output));
                for (int i = 0; i < expected.get(output).length; i++) {
                    // Folded factors are rounded once more: some units in the last place of sums
                    // of magnitude 10.
                    assertThat(actual.get(output)[i])
                            .isCloseTo(expected.get(output)[i], within(2e-5f));
                }
            }
        }
    }
}
