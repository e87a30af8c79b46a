package dev.vitrail.zoo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentationsReaderTest {

    private static final String EVERYTHING =
            """
            "random_resized_crop": { "scale": [0.3, 1.0] }, "horizontal_flip": 0.5,
            "vertical_flip": 0.1, "rotation": { "degrees": 20 },
            "affine": { "degrees": 5, "translate": [0.1, 0.2], "scale": [0.9, 1.1],
                        "shear": [4, 0], "interpolation": "bicubic", "fill": [1, 2, 3] },
            "auto_augment": "rand-m9-mstd0.5-inc1",
            "color_jitter": { "hue": 0.1 }, "grayscale": 0.2, "gaussian_blur": 0.3,
            "random_erasing": { "mode": "const", "count": 3 },
            "mixing": { "mixup_alpha": 0.2, "mode": "pair" }, "repeats": 3
            """;

    private static ModelConfig parsed(String augmentation) {
        String json =
                """
                {"model": {"image_size": 32, "patch_size": 8, "dim": 48, "depth": 2, "heads": 3},
                 "labels": {"count": 2}, "training": {"augmentation": {%s}}}
                """
                        .formatted(augmentation);
        return ConfigReader.parse(json, "mine.json", Path.of("."));
    }

    @Test
    void writesWhatItRead() {
        ModelConfig config = parsed(EVERYTHING);
        Augmentations read = config.training().augmentation();

        assertThat(read.verticalFlip()).isEqualTo(0.1);
        assertThat(read.rotation().orElseThrow().minDegrees()).isEqualTo(-20);
        assertThat(read.affine().orElseThrow().fill()).containsExactly(1, 2, 3);
        assertThat(read.colorJitter().orElseThrow().brightness()).isEqualTo(0.4);
        assertThat(read.randomErasing().orElseThrow().maxCount()).isEqualTo(3);
        assertThat(read.mixing().orElseThrow())
                .isEqualTo(new Mixing(0.2, 1, 1, 0.5, Mixing.Mode.PAIR));
        assertThat(read.repeats()).isEqualTo(3);
        assertThat(ConfigReader.parse(config.toJson(), "again.json", Path.of(".")))
                .isEqualTo(config);
    }

    /** Configs of earlier runs stay the same bytes. */
    @Test
    void writesNoRepeatsWhereThereAreNone() {
        ModelConfig config = parsed("\"horizontal_flip\": 0.5");
        assertThat(config.training().augmentation().repeats()).isEqualTo(1);
        assertThat(config.toJson()).doesNotContain("repeats");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"auto_augment\": \"rand-x9\"|auto_augment: \"x9\" in the policy \"rand-x9\" is"
                        + " not",
                "\"auto_augment\": \"autoaugment\"|\"three-augment\" are known too",
                "\"color_jitter\": {\"hue\": 0.7}|color_jitter.hue is 0.7, must be 0 to 0.5",
                "\"affine\": {\"shear\": [90, 0]}|affine.shear is [90.0, 0.0], each must be from 0",
                "\"rotation\": {\"fill\": [0, 0, 256]}|rotation.fill is",
                "\"random_erasing\": {\"mode\": \"noise\"}|must be \"const\" or \"rand\" or"
                        + " \"pixel\"",
                "\"random_erasing\": {\"aspect\": 0}|random_erasing.aspect is 0.0, must be within",
                "\"mixing\": {\"mixup_alpha\": 0, \"cutmix_alpha\": 0}|mixing mixes nothing",
                "\"mixing\": {\"mixup_alfa\": 1}|did you mean"
                        + " training.augmentation.mixing.mixup_alpha",
                "\"repeats\": 0|training.augmentation.repeats is 0, must be",
                "\"vertical_flip\": 2|vertical_flip is 2, must be a number in [0, 1]",
            })
    void refusesWhatMakesNoSense(String augmentation, String message) {
        assertThatThrownBy(() -> parsed(augmentation))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
