package dev.vitrail.zoo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.config.PretrainingConfig.Decoder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PretrainingReaderTest {

    private static ModelConfig parsed(String members) {
        String json =
                """
                {"model": {"image_size": 32, "patch_size": 8, "dim": 48, "depth": 2, "heads": 3},
                 "labels": {"count": 2}%s}
                """
                        .formatted(members);
        return ConfigReader.parse(json, "mine.json", Path.of("."));
    }

    @Test
    void isThereOnlyWhereTheConfigHasIt() {
        assertThat(parsed("").pretraining()).isEmpty();
        assertThat(parsed("").toJson()).doesNotContain("pretraining");
        assertThat(parsed(", \"pretraining\": {}").pretraining())
                .contains(PretrainingConfig.DEFAULT);
    }

    @Test
    void writesWhatItRead() {
        ModelConfig config =
                parsed(
                        """
                        , "pretraining": {
                          "mask_ratio": 0.5, "decoder": {"dim": 64, "depth": 1, "heads": 2},
                          "normalise_pixels": false, "crop_scale": [0.4, 0.9],
                          "horizontal_flip": 0, "picture_epochs": 0
                        }
                        """);
        assertThat(config.pretraining())
                .contains(new PretrainingConfig(0.5, new Decoder(64, 1, 2), false, 0.4, 0.9, 0, 0));
        assertThat(ConfigReader.parse(config.toJson(), "again.json", Path.of(".")))
                .isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"mask_ratio\": 1|mask_ratio is 1, must be a number above 0 and below 1",
                "\"mask_ratio\": 0|mask_ratio is 0, must be a number above 0 and below 1",
                "\"decoder\": {\"dim\": 30, \"heads\": 3}|decoder.dim is 30, must be a multiple",
                "\"decoder\": {\"heads\": 7}|decoder.heads is 7, must be a divisor of",
                "\"crop_scale\": [0.5, 0.2]|crop_scale is",
                "\"mask_ratio\": 0.99|mask_ratio is 0.99, must be such that some of the image's 16",
                "\"mask_ratio\": 1e-9|mask_ratio is 1e-9, must be such that some",
                "\"mask_ration\": 0.5|did you mean pretraining.mask_ratio",
            })
    void refusesWhatMakesNoSense(String members, String message) {
        assertThatThrownBy(() -> parsed(", \"pretraining\": {" + members + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    /** A stem's convolutions reach over the edges of patches. */
    @Test
    void refusesAnEncoderThatSeesHiddenPatches() {
        String stem = "{\"type\": \"convolution\", \"channels\": [8, 8], \"strides\": [2, 2]}";
        ModelConfig config = parsed(", \"pretraining\": {}");
        assertThatThrownBy(() -> Settings.apply(config, Map.of("model.stem", stem)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pretraining needs a model.stem of \"patch\"");
    }

    /** The authors' count, but for ratios whose distance to 1 floats put just under a tenth. */
    @ParameterizedTest
    @CsvSource({"0.75, 196, 49", "0.75, 16, 4", "0.9, 10, 1", "0.99, 16, 0", "0.6, 196, 78"})
    void countsTheVisiblePatches(double ratio, int patches, int visible) {
        PretrainingConfig config =
                new PretrainingConfig(ratio, Decoder.DEFAULT, true, 0.2, 1, 0.5, 10);
        assertThat(config.visiblePatches(patches)).isEqualTo(visible);
    }
}
