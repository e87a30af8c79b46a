package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.block.MaskedAutoencoder;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.PatchMask;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.PretrainingConfig;
import dev.vitrail.zoo.weights.NpyArray;
import dev.vitrail.zoo.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the code of the masked autoencoder's authors: weights, noise, guesses and losses. */
class PatchLossTest {

    private static final Path CASES = Path.of("src/test/resources/dev/vitrail/zoo/reference");
    private static final Path CASE = CASES.resolve("mae_pretrain_loss");

    /** Computed by the authors' code in 64-bit floats, see {@code case.json}. */
    private static final double LOSS = 2.607578736403757;

    private static final double NORMALISED_LOSS = 2.5466482212960178;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu());
    private final MaskedAutoencoder autoencoder =
            new MaskedAutoencoder(
                    Architecture.of(32, 8, 24, 2, 3), new PretrainingConfig.Decoder(16, 1, 2));
    private NDArray images;
    private PatchMask mask;

    @BeforeEach
    void load() {
        try (SafetensorsFile weights =
                SafetensorsFile.open(CASES.resolve("mae_pretrain/model.safetensors"))) {
            weights.loadInto(autoencoder, manager, autoencoder.inputShape(1));
        }
        images = array("input");
        mask = mask();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray array(String name) {
        NpyArray stored = NpyArray.read(CASE.resolve(name + ".npy"));
        return manager.create(stored.values(), stored.shape());
    }

    /** The patches with the least noise are seen. */
    private PatchMask mask() {
        float[] noise = NpyArray.read(CASE.resolve("noise.npy")).values();
        List<int[]> orders = new ArrayList<>();
        for (int image = 0; image < 2; image++) {
            int first = 16 * image;
            orders.add(
                    IntStream.range(0, 16)
                            .boxed()
                            .sorted(Comparator.comparing(i -> noise[first + i]))
                            .mapToInt(i -> i)
                            .toArray());
        }
        return new PatchMask(orders, PretrainingConfig.DEFAULT.visiblePatches(16));
    }

    private NDArray guessed() {
        return autoencoder.predict(new ParameterStore(manager, false), images, mask, true);
    }

    private double loss(boolean normalise) {
        NDArray patches = autoencoder.patches(images);
        NDArray targets = normalise ? PatchLoss.normalised(patches) : patches;
        return PatchLoss.mean(guessed(), targets, mask.hidden(manager)).getFloat();
    }

    @Test
    void hidesAndCutsAsTheAuthorsDo() {
        assertThat(mask.hidden(manager).toFloatArray())
                .isEqualTo(NpyArray.read(CASE.resolve("mask.npy")).values());
        assertThat(autoencoder.patches(images).toFloatArray())
                .isEqualTo(NpyArray.read(CASE.resolve("target.npy")).values());
    }

    /** The case's own tolerance; the authors' 32-bit loss is 2.6e-7 from their 64-bit one. */
    @Test
    void guessesAndLossesAreTheAuthors() {
        float[] expected = NpyArray.read(CASE.resolve("prediction.npy")).values();
        float[] guessed = guessed().toFloatArray();
        for (int i = 0; i < expected.length; i++) {
            assertThat(guessed[i]).isCloseTo(expected[i], within(2e-5f));
        }
        assertThat(loss(false)).isCloseTo(LOSS, within(1e-6));
        assertThat(loss(true)).isCloseTo(NORMALISED_LOSS, within(1e-6));
    }

    @Test
    void restoringUndoesNormalising() {
        NDArray patches = autoencoder.patches(images);
        NDArray back = PatchLoss.restored(PatchLoss.normalised(patches), patches);
        assertThat(back.sub(patches).abs().max().getFloat()).isLessThan(1e-5f);
    }

    @Test
    void everyTrainedParameterGetsAGradientAndPositionsDoNot() {
        autoencoder.clear();
        autoencoder.initialize(manager, 1);
        List<String> fixed = new ArrayList<>();
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray targets = PatchLoss.normalised(autoencoder.patches(images));
            collector.backward(PatchLoss.mean(guessed(), targets, mask.hidden(manager)));
        }
        ParameterNames.of(autoencoder)
                .parameters()
                .forEach(
                        (name, parameter) -> {
                            if (parameter.requiresGradient()) {
                                assertThat(largest(parameter)).as(name).isPositive();
                            } else {
                                fixed.add(name);
                            }
                        });
        assertThat(fixed).containsExactlyInAnyOrder("pos_embed", "decoder_pos_embed");
    }

    private static float largest(Parameter parameter) {
        return parameter.getArray().getGradient().abs().max().getFloat();
    }

    /** A result belongs to its first operand's manager; none may belong to the weights'. */
    @Test
    void leavesNothingWithTheWeights() {
        int arrays = manager.getManagedArrays().size();
        try (NDManager scope = manager.newSubManager()) {
            NDArray copy = scope.create(images.toFloatArray(), images.getShape());
            autoencoder.predict(new ParameterStore(manager, false), copy, mask, false);
        }
        assertThat(manager.getManagedArrays()).hasSize(arrays);
    }

    @Test
    void everyPatchIsInAnyShapeOfSequence() {
        Architecture others =
                Architecture.of(32, 8, 24, 1, 3)
                        .with()
                        .registers(2)
                        .positionsOnPatchesOnly(true)
                        .build();
        MaskedAutoencoder other =
                new MaskedAutoencoder(others, new PretrainingConfig.Decoder(16, 1, 2));
        other.initialize(manager, 1);
        NDArray guessed = other.predict(new ParameterStore(manager, false), images, mask, false);
        assertThat(guessed.getShape()).isEqualTo(new Shape(2, 16, 192));
    }
}
