package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.PretrainingConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First weights of a masked autoencoder against what Xavier's distribution says of them. */
class XavierTest {

    /** Inputs and outputs are of the layer; the patch projection is one of 3 · 8 · 8 inputs. */
    @ParameterizedTest
    @CsvSource({
        "patch_embed.proj.weight, 192, 48",
        "blocks.0.attn.qkv.weight, 48, 144",
        "blocks.0.mlp.fc1.weight, 48, 192",
        "decoder_embed.weight, 48, 32",
        "decoder_blocks.0.attn.proj.weight, 32, 32",
        "decoder_pred.weight, 32, 192"
    })
    void isUniformWithinXaviersBound(String name, int inputs, int outputs) {
        MaskedAutoencoder autoencoder =
                new MaskedAutoencoder(
                        Architecture.of(32, 8, 48, 1, 3), new PretrainingConfig.Decoder(32, 1, 2));
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            autoencoder.initialize(manager, 7);
            float[] values =
                    ParameterNames.of(autoencoder).parameters().get(name).getArray().toFloatArray();
            double bound = Math.sqrt(6.0 / (inputs + outputs));
            double squares = 0;
            double largest = 0;
            for (float value : values) {
                squares += value * value;
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(values).hasSize(inputs * outputs);
            // Of 1,024 values at least, one lies in the last hundredth of the range, and their
            // spread is within 4 standard errors of bound / sqrt(3), 7.2 % there.
            assertThat(largest).isBetween(0.99 * bound, bound * (1 + 1e-6));
            assertThat(Math.sqrt(squares / values.length))
                    .isCloseTo(bound / Math.sqrt(3), within(0.06 * bound / Math.sqrt(3)));
        }
    }
}
