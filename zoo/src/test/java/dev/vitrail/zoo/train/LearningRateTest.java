package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {

    private final LearningRate rate = new LearningRate(1e-3, 1e-5, 10, 110);

    @Test
    void risesInAStraightLineToThePeak() {
        assertThat(rate.at(0)).isCloseTo(1e-4, within(1e-15));
        assertThat(rate.at(4)).isCloseTo(5e-4, within(1e-15));
        assertThat(rate.at(9)).isCloseTo(1e-3, within(1e-15));
    }

    @Test
    void fallsAlongHalfACosineToTheFloor() {
        assertThat(rate.at(10)).isCloseTo(1e-3, within(1e-15));
        assertThat(rate.at(60)).isCloseTo((1e-3 + 1e-5) / 2, within(1e-15));
        assertThat(rate.at(110)).isCloseTo(1e-5, within(1e-15));
        for (int step = 11; step < 110; step++) {
            assertThat(rate.at(step)).isLessThan(rate.at(step - 1));
        }
    }

    @Test
    void startsAtThePeakWithoutWarmUp() {
        assertThat(new LearningRate(1e-3, 0, 0, 5).at(0)).isEqualTo(1e-3);
    }

    @Test
    void refusesAWarmUpLongerThanTheTraining() {
        assertThatThrownBy(() -> new LearningRate(1e-3, 0, 6, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 warm-up steps");
    }
}
