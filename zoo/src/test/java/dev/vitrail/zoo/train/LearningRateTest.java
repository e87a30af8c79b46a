package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.zoo.config.TrainingConfig;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateTest {

    private static final TrainingConfig.Schedule TO_A_HUNDREDTH = TrainingConfig.Schedule.DEFAULT;

    private final LearningRate rate = new LearningRate(TO_A_HUNDREDTH, 1e-3, 10, 110, 11);

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

    /** The curves of timm's schedulers; where they warm up, from where that is over. */
    @ParameterizedTest
    @CsvSource({
        "cosine, 10, 0",
        "cosine_warmup_prefix, 10, 3",
        "step, 4, 0",
        "step_warmup_prefix, 4, 3"
    })
    void fallsAsTimmHasIt(String name, int length, int warmup) throws IOException {
        JsonNode schedule = TrainingReference.named("schedules", "schedules", name);
        JsonNode settings = schedule.get("settings");
        double base = schedule.get("base").doubleValue();
        boolean isCosine = name.startsWith("cosine");
        TrainingConfig.Schedule curve =
                isCosine
                        ? new TrainingConfig.Schedule(
                                TrainingConfig.ScheduleType.COSINE,
                                settings.get("lr_min").doubleValue() / base,
                                30,
                                0.1)
                        : new TrainingConfig.Schedule(
                                TrainingConfig.ScheduleType.STEP,
                                0,
                                length,
                                settings.get("decay_rate").doubleValue());
        List<Double> expected = TrainingReference.numbers(schedule.get("learning_rates"));
        int steps = isCosine ? length + warmup : expected.size();
        LearningRate ours = new LearningRate(curve, base, warmup, steps, 1);
        for (int t = warmup; t < expected.size(); t++) {
            assertThat(ours.at(t)).as("step %d", t).isCloseTo(expected.get(t), within(1e-12));
        }
    }

    @Test
    void staysAtThePeakWhereItIsConstant() {
        TrainingConfig.Schedule flat =
                new TrainingConfig.Schedule(TrainingConfig.ScheduleType.CONSTANT, 0, 1, 0.5);
        assertThat(new LearningRate(flat, 1e-3, 0, 100, 10).at(99)).isEqualTo(1e-3);
    }

    @Test
    void startsAtThePeakWithoutWarmUp() {
        assertThat(new LearningRate(TO_A_HUNDREDTH, 1e-3, 0, 5, 5).at(0)).isEqualTo(1e-3);
    }

    @Test
    void refusesAWarmUpLongerThanTheTraining() {
        assertThatThrownBy(() -> new LearningRate(TO_A_HUNDREDTH, 1e-3, 6, 5, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6 warm-up steps");
    }
}
