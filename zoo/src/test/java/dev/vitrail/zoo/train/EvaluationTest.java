package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    private static final int[][] CONFUSION = {
        {5, 2, 0, 0},
        {1, 3, 0, 0},
        {0, 4, 0, 0},
        {0, 0, 0, 0}
    };

    /**
     * Precision, recall and F1 as scikit-learn 1.9.1 gives them for the matrix above: {@code
     * classification_report(output_dict=True, zero_division=nan)}.
     */
    private static final double[][] SCIKIT_LEARN = {
        {0.8333333333333334, 0.7142857142857143, 0.7692307692307693},
        {0.3333333333333333, 0.75, 0.46153846153846156},
        {Double.NaN, 0, 0},
        {Double.NaN, Double.NaN, Double.NaN}
    };

    private final Evaluation evaluation =
            new Evaluation(List.of("a", "b", "c", "d"), CONFUSION, 0.5, 0, 0, List.of());

    @Test
    void givesTheFiguresOfScikitLearn() {
        for (int label = 0; label < CONFUSION.length; label++) {
            Evaluation.ClassFigures figures = evaluation.perClass().get(label);
            assertSame(figures.precision(), SCIKIT_LEARN[label][0]);
            assertSame(figures.recall(), SCIKIT_LEARN[label][1]);
            assertSame(figures.f1(), SCIKIT_LEARN[label][2]);
        }
    }

    private static void assertSame(OptionalDouble actual, double expected) {
        assertThat(actual.isEmpty()).isEqualTo(Double.isNaN(expected));
        // The harmonic mean may round in its last place.
        actual.ifPresent(value -> assertThat(value).isCloseTo(expected, within(1e-15)));
    }

    @Test
    void leavesOutOfItsJsonWhatIsNoNumber() {
        JsonNode classes = new ObjectMapper().valueToTree(evaluation.fields()).get("classes");
        assertThat(classes.get(1).get("recall").asDouble()).isEqualTo(0.75);
        assertThat(classes.get(2).has("precision")).isFalse();
        assertThat(classes.get(2).get("f1").asDouble()).isZero();
        assertThat(classes.get(3).fieldNames())
                .toIterable()
                .containsExactly("label", "images", "predicted", "correct");
    }
}
