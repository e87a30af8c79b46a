package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.zoo.config.TrainingConfig.Average;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Averages that timm's {@code ModelEmaV3} gave of the same values. */
class WeightAverageTest {

    private static final String NAME = "head.bias";

    @ParameterizedTest
    @CsvSource({"v3_steps, 0.9, false", "v3_warmup, 0.99, true"})
    void averagesAsTimmDoes(String name, double decay, boolean warmup) throws IOException {
        JsonNode values = TrainingReference.read("averages").get("values");
        JsonNode expected = TrainingReference.named("averages", "averages", name).get("average");
        try (Classification objective = TinyTraining.objective(3);
                Network network = objective.network(Device.cpu(), (b, m) -> b.initialize(m, 0));
                WeightAverage<Network> average =
                        WeightAverage.startingWith(
                                objective, network, new Average(decay, warmup))) {
            for (int step = 1; step < values.size(); step++) {
                float[] value = TrainingReference.floats(values.get(step));
                long number = step;
                network.unrecorded(
                        () -> {
                            NDArray weight = network.parameters().get(NAME).getArray();
                            try (NDArray next = weight.getManager().create(value)) {
                                weight.muli(0).addi(next);
                            }
                            average.update(network, number);
                            return null;
                        });
                float[] averaged =
                        average.network().parameters().get(NAME).getArray().toFloatArray();
                for (int i = 0; i < averaged.length; i++) {
                    // Two roundings an update, of values below 2.
                    assertThat((double) averaged[i])
                            .as("update %d, value %d", step, i)
                            .isCloseTo(expected.get(step - 1).get(i).doubleValue(), within(5e-7));
                }
            }
        }
    }
}
