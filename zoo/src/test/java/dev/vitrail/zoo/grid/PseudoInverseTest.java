package dev.vitrail.zoo.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.config.PositionResampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PseudoInverseTest {

    /**
     * Penrose's four conditions have exactly one solution; the worst-conditioned pairs are here.
     */
    @ParameterizedTest
    @CsvSource({"16,32", "32,16", "127,128", "128,127", "14,16", "1,5", "5,1", "8,8"})
    void meetsThePenroseConditions(int from, int to) {
        for (PositionResampling way :
                new PositionResampling[] {
                    PositionResampling.BICUBIC_ANTIALIAS, PositionResampling.BILINEAR
                }) {
            double[][] a = AxisResize.of(way, from, to).weights();
            double[][] inverse = PseudoInverse.of(a);

            assertEqual(product(product(a, inverse), a), a);
            assertEqual(product(product(inverse, a), inverse), inverse);
            assertEqual(PseudoInverse.transpose(product(a, inverse)), product(a, inverse));
            assertEqual(PseudoInverse.transpose(product(inverse, a)), product(inverse, a));
        }
    }

    @Test
    void refusesAMatrixWithoutFullRank() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PseudoInverse.of(new double[][] {{1, 1}, {1, 1}}))
                .withMessage("the matrix has no full rank");
    }

    private static void assertEqual(double[][] actual, double[][] expected) {
        assertThat(actual).hasNumberOfRows(expected.length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                // 2.2e-16 times a squared condition number of at most 65, times 128 sums.
                assertThat(actual[i][j]).isCloseTo(expected[i][j], within(2e-12));
            }
        }
    }

    private static double[][] product(double[][] left, double[][] right) {
        double[][] result = new double[left.length][right[0].length];
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right[0].length; j++) {
                for (int k = 0; k < right.length; k++) {
                    result[i][j] += left[i][k] * right[k][j];
                }
            }
        }
        return result;
    }
}
