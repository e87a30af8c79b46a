package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.OptimizerType;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainedParameterTest {

    private static final TrainingConfig.Optimizer CONSTANTS =
            new TrainingConfig.Optimizer(
                    OptimizerType.ADAMW, 1, 0.05, 0.75, 0.9, 0.999, 1e-8, 0.9, false);

    /** Names, weight decay and scales that timm gives a network of three blocks. */
    @Test
    void groupsParametersAsTimmDoes() throws IOException {
        JsonNode groups = TrainingReference.read("parameter_groups");
        JsonNode scales = groups.get("layer_scale_timm");
        JsonNode decays = groups.get("weight_decay");
        Map<String, Integer> axes = new LinkedHashMap<>();
        decays.fieldNames().forEachRemaining(name -> axes.put(name, axes(name)));
        List<TrainedParameter> parameters = parameters(axes);
        assertThat(parameters).hasSize(decays.size()).hasSize(scales.size());
        for (TrainedParameter parameter : parameters) {
            String name = parameter.name();
            assertThat(parameter.weightDecay()).as(name).isEqualTo(decays.get(name).doubleValue());
            assertThat(parameter.rateScale())
                    .as(name)
                    .isCloseTo(scales.get(name).doubleValue(), within(1e-12));
        }
    }

    @Test
    void putsWhatStandsBehindTheEncoderWithTheHead() {
        List<TrainedParameter> parameters =
                parameters(
                        Map.of(
                                "blocks.0.mlp.fc1.weight", 2,
                                "fc_norm.weight", 1,
                                "attn_pool.latent", 3,
                                "attn_pool.kv.weight", 2,
                                "dist_token", 3,
                                "norm_pre.weight", 1));
        Map<String, Double> scales = new LinkedHashMap<>();
        Map<String, Double> decays = new LinkedHashMap<>();
        parameters.forEach(p -> scales.put(p.name(), p.rateScale()));
        parameters.forEach(p -> decays.put(p.name(), p.weightDecay()));
        assertThat(scales)
                .containsEntry("fc_norm.weight", 1.0)
                .containsEntry("attn_pool.latent", 1.0)
                .containsEntry("blocks.0.mlp.fc1.weight", 0.75)
                .containsEntry("norm_pre.weight", 0.5625)
                .containsEntry("dist_token", 0.5625);
        assertThat(decays)
                .containsEntry("attn_pool.latent", 0.0)
                .containsEntry("dist_token", 0.0)
                .containsEntry("attn_pool.kv.weight", 0.05);
    }

    private static int axes(String name) {
        if (name.endsWith("_token") || name.equals("pos_embed")) {
            return 3;
        }
        boolean isVector = name.endsWith("bias") || name.contains("norm") || name.contains(".ls");
        return isVector ? 1 : name.equals("patch_embed.proj.weight") ? 4 : 2;
    }

    private static List<TrainedParameter> parameters(Map<String, Integer> axesByName) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, Parameter> parameters = new LinkedHashMap<>();
            axesByName.forEach(
                    (name, axes) -> {
                        long[] sizes = new long[axes];
                        Arrays.fill(sizes, 2);
                        Parameter parameter =
                                Parameter.builder()
                                        .setName(name)
                                        .setType(Parameter.Type.OTHER)
                                        .optArray(manager.zeros(new Shape(sizes)))
                                        .build();
                        parameter.initialize(manager, DataType.FLOAT32);
                        parameters.put(name, parameter);
                    });
            return TrainedParameter.of(parameters, CONSTANTS);
        }
    }
}
