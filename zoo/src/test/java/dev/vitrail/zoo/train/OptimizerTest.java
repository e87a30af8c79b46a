package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.OptimizerType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps against those that PyTorch's own optimisers took from the same start and gradients. */
class OptimizerTest {

    private static final Shape SHAPE = new Shape(2, 3);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adamw",
                "adamw_no_decay",
                "adamw_beta2_095",
                "adamw_large_epsilon",
                "adamw_falling_rate",
                "sgd",
                "sgd_decay",
                "sgd_momentum",
                "sgd_nesterov",
                "sgd_nesterov_decay_falling_rate"
            })
    void stepsEqualPyTorchs(String name) throws IOException {
        JsonNode reference = TrainingReference.read("optimizers");
        JsonNode expected = TrainingReference.named("optimizers", "optimizers", name);
        JsonNode settings = expected.get("settings");
        List<Double> rates = TrainingReference.numbers(expected.get("learning_rates"));
        try (NDManager manager = NDManager.newBaseManager()) {
            Parameter parameter = parameter(manager, reference.get("start"));
            Map<String, Parameter> parameters = Map.of("head.weight", parameter);
            NDArray weight = parameter.getArray();
            TrainingConfig.Optimizer constants = constants(settings);
            try (Optimizer optimizer =
                    Optimizer.of(
                            TrainedParameter.of(parameters, constants),
                            constants,
                            StateSource.ZEROS,
                            manager)) {
                for (int step = 0; step < rates.size(); step++) {
                    backward(manager, weight, reference.get("gradients").get(step));
                    try (Gradients gradients = Gradients.of(parameters)) {
                        weight.setRequiresGradient(false);
                        optimizer.step(step + 1, gradients, rates.get(step), 1);
                    }
                    weight.setRequiresGradient(true);
                    float[] actual = weight.toFloatArray();
                    JsonNode after = expected.get("after_step").get("float64").get(step);
                    for (int i = 0; i < actual.length; i++) {
                        // Single precision beside double: a few of its units of the weights' 2.
                        assertThat((double) actual[i])
                                .as("step %d, value %d", step, i)
                                .isCloseTo(after.get(i).doubleValue(), within(1e-6));
                    }
                }
            }
        }
    }

    private static TrainingConfig.Optimizer constants(JsonNode settings) {
        boolean isSgd = settings.get("type").asText().equals("SGD");
        TrainingConfig.Optimizer fallback = TrainingConfig.Optimizer.DEFAULT;
        return new TrainingConfig.Optimizer(
                isSgd ? OptimizerType.SGD : OptimizerType.ADAMW,
                1,
                settings.get("weight_decay").doubleValue(),
                1,
                isSgd ? fallback.beta1() : settings.get("beta1").doubleValue(),
                isSgd ? fallback.beta2() : settings.get("beta2").doubleValue(),
                isSgd ? fallback.epsilon() : settings.get("epsilon").doubleValue(),
                isSgd ? settings.get("momentum").doubleValue() : fallback.momentum(),
                isSgd && settings.get("nesterov").booleanValue());
    }

    private static Parameter parameter(NDManager manager, JsonNode start) {
        Parameter parameter =
                Parameter.builder()
                        .setName("weight")
                        .setType(Parameter.Type.WEIGHT)
                        .optArray(manager.create(TrainingReference.floats(start), SHAPE))
                        .build();
        parameter.initialize(manager, DataType.FLOAT32);
        parameter.getArray().setRequiresGradient(true);
        return parameter;
    }

    /** A loss Σ g·p, whose gradient is g. */
    private static void backward(NDManager manager, NDArray weight, JsonNode gradient) {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray factors = scope.create(TrainingReference.floats(gradient), SHAPE);
            collector.backward(factors.mul(weight).sum());
        }
    }
}
