package dev.vitrail.zoo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.config.TrainingConfig.Optimizer;
import dev.vitrail.zoo.config.TrainingConfig.OptimizerType;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values in place of a config's own, and what follows from them. */
class SettingsTest {

    private static ModelConfig config(String more) {
        String json =
                """
                {
                  "name": "tiny",
                  "model": { "image_size": 32, "patch_size": 8, "dim": 48, "depth": 2, "heads": 3%s },
                  "labels": { "count": 2 },
                  "preprocessing": {
                    "resize": 32, "crop": 32, "interpolation": "bilinear",
                    "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]
                  }
                }
                """
                        .formatted(more);
        return ConfigReader.parse(json, "tiny.json", Path.of("."));
    }

    @Test
    void anMlpOfTheUsualWidthFollowsTheDim() {
        Map<String, String> wider = Map.of("model.dim", "96");
        assertThat(Settings.apply(config(""), wider).model().mlpDim()).isEqualTo(384);
        ModelConfig narrow = config(", \"mlp_dim\": 100");
        assertThat(Settings.apply(narrow, wider).model().mlpDim()).isEqualTo(100);
        Map<String, String> both = Map.of("model.dim", "96", "model.mlp_dim", "192");
        assertThat(Settings.apply(config(""), both).model().mlpDim()).isEqualTo(192);
    }

    @Test
    void anotherOptimizerHasItsOwnConstants() {
        String type = "training.optimizer.type";
        Optimizer sgd =
                Settings.apply(
                                config(""),
                                Map.of(type, "sgd", "training.optimizer.momentum", "0.5"))
                        .training()
                        .optimizer();
        assertThat(sgd.type()).isEqualTo(OptimizerType.SGD);
        assertThat(sgd.momentum()).isEqualTo(0.5);
        Map<String, String> same = Map.of(type, "adamw", "training.optimizer.betas", "[0.8, 0.9]");
        ModelConfig adamw = Settings.apply(config(""), same);
        assertThat(adamw.training().optimizer().beta1()).isEqualTo(0.8);
        assertThat(Settings.apply(adamw, Map.of(type, "adamw"))).isEqualTo(adamw);
        assertThatThrownBy(
                        () ->
                                Settings.apply(
                                        config(""),
                                        Map.of(type, "sgd", "training.optimizer.epsilon", "1e-6")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("must be left out, as sgd has no such constant");
    }
}
