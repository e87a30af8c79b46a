package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EpochMeterTest {

    @Test
    void averagesOverPictures() {
        EpochMeter meter = new EpochMeter(1, 2);
        meter.add(new TrainingStep.Result(1, 1, 3, 0.1, 1), 1);
        meter.add(new TrainingStep.Result(5, 1, 1, 0.1, 1), 2);
        meter.endTraining(0);
        EpochResult result = meter.result(Optional.empty(), 2);
        assertThat(result.trainLoss()).isEqualTo(2);
        assertThat(result.trainAccuracy()).isEqualTo(0.5);
    }

    @Test
    void namesAnEpochOfWhichNoPictureCouldBeDecoded() {
        EpochMeter meter = new EpochMeter(3, 2);
        assertThatThrownBy(() -> meter.endTraining(0))
                .isInstanceOf(ZooException.class)
                .hasMessageStartingWith("epoch 3: not one picture could be decoded");
    }
}
