package dev.vitrail.converter.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SizeSolverTest {
    private static List<Map<String, Long>> sizes(LongStream sizes) {
        return sizes.mapToObj(size -> Map.of("n", size)).toList();
    }

    private static String solve(List<Map<String, Long>> points, ToLongFunction<Long> rule) {
        List<Long> values = points.stream().map(point -> rule.applyAsLong(point.get("n"))).toList();
        Extent solved = new SizeSolver(points).solve(values);
        for (long size = 1; size < 500; size++) {
            assertThat(solved.at(Map.of("n", size))).isEqualTo(rule.applyAsLong(size));
        }
        return solved.toString();
    }

    private static final List<Map<String, Long>> TWO = sizes(LongStream.of(13, 17));
    private static final List<Map<String, Long>> LINE =
            sizes(LongStream.of(13, 17, 14, 15, 16, 344));
    private static final List<Map<String, Long>> STAIRCASE =
            sizes(LongStream.concat(LongStream.rangeClosed(40, 106), LongStream.of(371)));

    @Test
    void findsMultiplesAndSquaresFromTwoSizes() {
        assertThat(solve(TWO, n -> 7)).isEqualTo("7");
        assertThat(solve(TWO, n -> 64 * n)).isEqualTo("64*n");
        assertThat(solve(TWO, n -> 3 * n * n)).isEqualTo("3*n*n");
        assertThat(solve(TWO, n -> -n)).isEqualTo("-1*n");
    }

    @Test
    void findsSumsFromMoreSizesOnly() {
        assertThatThrownBy(() -> solve(TWO, n -> n + 1)).isInstanceOf(SizeSolver.Unsolved.class);
        assertThat(solve(LINE, n -> n + 1)).isEqualTo("n+1");
        assertThat(solve(LINE, n -> 3 * (n - 2))).isEqualTo("3*(n-2)");
        assertThat(solve(LINE, n -> 2 * n + 1)).isEqualTo("(2*n+1)");
    }

    @Test
    void findsEveryStrideAndPadding() {
        for (int divisor = 2; divisor <= 32; divisor++) {
            for (int offset = -3; offset <= 3; offset++) {
                int d = divisor;
                int o = offset;
                solve(STAIRCASE, n -> Math.floorDiv(n + o, d));
            }
        }
        assertThat(solve(STAIRCASE, n -> (n - 1) / 2 + 1)).isEqualTo("floor((n+1)/2)");
        assertThat(solve(STAIRCASE, n -> 6 * (n / 4))).isEqualTo("6*floor(n/4)");
        assertThat(solve(STAIRCASE, n -> 3 * n / 2)).isEqualTo("floor(3*n/2)");
    }

    @Test
    void refusesWhatIsNone() {
        assertThatThrownBy(() -> solve(STAIRCASE, n -> n * (n + 1) / 2))
                .isInstanceOf(SizeSolver.Unsolved.class)
                .hasMessageContainingAll("a size is 820 where n is 40", "no multiple of n");
        assertThatThrownBy(() -> solve(STAIRCASE, n -> 2 * (n / 2) + 1))
                .isInstanceOf(SizeSolver.Unsolved.class);
        assertThatThrownBy(() -> solve(STAIRCASE, n -> n / 50))
                .isInstanceOf(SizeSolver.Unsolved.class);
        assertThatThrownBy(() -> solve(STAIRCASE, n -> 1000 - n))
                .isInstanceOf(SizeSolver.Unsolved.class);
    }

    @Test
    void findsProductsOverSeveralAxes() {
        List<Map<String, Long>> points = new ArrayList<>();
        points.add(Map.of("batch", 13L, "n", 19L));
        points.add(Map.of("batch", 17L, "n", 19L));
        for (long n : new long[] {20, 21, 22, 23, 350}) {
            points.add(Map.of("batch", 13L, "n", n));
        }
        List<Long> values =
                points.stream().map(p -> 8 * p.get("batch") * (p.get("n") + 1)).toList();

        Extent solved = new SizeSolver(points).solve(values);

        assertThat(solved).hasToString("8*batch*(n+1)");
        assertThat(solved.axes()).containsExactly("batch", "n");
        assertThat(solved.at(Map.of("batch", 3L, "n", 5L))).isEqualTo(144);
    }
}
