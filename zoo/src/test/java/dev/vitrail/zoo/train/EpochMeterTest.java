package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EpochMeterTest {

    @Test
    void weighsStepsByTheirPictures() {
        Position sums =
                Position.startOf(1, 0)
                        .after(new TrainingStep.Result(1, 1, 3, 0.1, 1), 1)
                        .after(new TrainingStep.Result(5, 1, 1, 0.1, 1), 1);
        EpochResult result =
                new EpochMeter(1, 2).result(sums, 0.1, true, Optional.empty(), Optional.empty());
        assertThat(result.trainLoss()).isEqualTo(2);
        assertThat(result.trainAccuracy()).isEqualTo(0.5);
        assertThat(result.step()).isEqualTo(2);
    }

    @Test
    void namesAnEpochOfWhichNoPictureCouldBeDecoded() {
        EpochMeter meter = new EpochMeter(3, 2);
        assertThatThrownBy(
                        () ->
                                meter.result(
                                        Position.startOf(3, 4),
                                        0.1,
                                        true,
                                        Optional.empty(),
                                        Optional.empty()))
                .isInstanceOf(ZooException.class)
                .hasMessageStartingWith("epoch 3: not one picture could be decoded");
    }
}
