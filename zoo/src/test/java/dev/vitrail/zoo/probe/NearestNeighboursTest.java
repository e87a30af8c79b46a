package dev.vitrail.zoo.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.probe.NearestNeighbours.Neighbour;
import dev.vitrail.zoo.train.Features;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Votes that were computed by hand. */
class NearestNeighboursTest {

    /** Directions of 0, 36.87, 53.13 and 90 degrees, of other lengths. */
    private final Features training =
            new Features(
                    List.of(
                            new float[] {2, 0},
                            new float[] {4, 3},
                            new float[] {0.3f, 0.4f},
                            new float[] {0, 9}),
                    new int[] {0, 1, 1, 2},
                    3);

    private final NearestNeighbours memory = new NearestNeighbours(training);

    @Test
    void findsTheMostSimilarWhateverTheirLengths() {
        List<Neighbour> nearest = memory.nearest(new float[] {100, 0}, 3);
        assertThat(nearest).extracting(Neighbour::index).containsExactly(0, 1, 2);
        assertThat(nearest.get(0).similarity()).isCloseTo(1, within(1e-7));
        assertThat(nearest.get(1).similarity()).isCloseTo(0.8, within(1e-7));
        assertThat(nearest.get(2).similarity()).isCloseTo(0.6, within(1e-7));
    }

    /** exp((0.8 - 1) / T) + exp((0.6 - 1) / T) against 1: two far ones win where T is high. */
    @Test
    void weighsVotesByTheExponentialOfSimilarity() {
        List<Neighbour> nearest = memory.nearest(new float[] {1, 0}, 3);
        double[] sharp = memory.votes(nearest, 0.07);
        assertThat(sharp[0]).isCloseTo(1, within(1e-6));
        assertThat(sharp[1]).isCloseTo(0.0574329 + 0.0032986, within(1e-6));
        assertThat(sharp[2]).isZero();

        double[] flat = memory.votes(nearest, 1);
        assertThat(flat[1]).isCloseTo(0.8187308 + 0.6703200, within(1e-6));
    }

    /** exp(1 / 0.001) is no number that a double can hold. */
    @Test
    void keepsVotesFiniteAtAnyTemperature() {
        assertThat(memory.votes(memory.nearest(new float[] {1, 0}, 4), 1e-3))
                .containsExactly(new double[] {1, 0, 0}, within(1e-6));
    }

    @Test
    void takesTheEarlierOfEquallySimilarOnes() {
        Features same =
                new Features(
                        List.of(new float[] {1, 1}, new float[] {2, 2}, new float[] {1, 1}),
                        new int[] {1, 0, 0},
                        2);
        assertThat(new NearestNeighbours(same).nearest(new float[] {1, 1}, 1))
                .extracting(Neighbour::index)
                .containsExactly(0);
        // Nothing is known of a picture without any features.
        assertThat(new NearestNeighbours(same).nearest(new float[] {0, 0}, 2))
                .extracting(Neighbour::index)
                .containsExactly(0, 1);
    }

    @Test
    void refusesMoreNeighboursThanPictures() {
        assertThatThrownBy(() -> memory.nearest(new float[] {1, 0}, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 neighbours of 4");
    }

    @Test
    void countsWhatComesFirstAndAmongTheFirstFive() {
        double[][] scores = {
            {0, 3, 1, 0, 0, 0}, {3, 3, 1, 2, 0, 0}, {1, 2, 3, 4, 5, 6}, {9, 0, 0, 0, 0, 0}
        };
        // Right; second of two equal ones; sixth; of five equal ones the last.
        Accuracy accuracy = Accuracy.of(scores, new int[] {1, 1, 0, 5}, true);
        assertThat(accuracy.correct()).isEqualTo(1);
        assertThat(accuracy.top1()).isEqualTo(0.25);
        assertThat(accuracy.top5()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(Accuracy.of(scores, new int[] {1, 1, 0, 5}, false).top5()).isEmpty();
    }
}
