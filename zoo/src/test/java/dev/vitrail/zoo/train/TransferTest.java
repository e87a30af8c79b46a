package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import dev.vitrail.zoo.data.DrawnDataset;
import dev.vitrail.zoo.data.DrawnShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of one training as the start of another. */
class TransferTest {

    /** So small a rate that what is trained still shows where it came from. */
    private static final Map<String, String> HARDLY =
            Map.of("training.optimizer.learning_rate", "1e-12", "training.epochs", "1");

    @TempDir Path folder;
    private Path data;
    private Run first;
    private final List<String> fresh = new ArrayList<>();
    private final List<String> unused = new ArrayList<>();

    @BeforeEach
    void trainTheFirst() {
        data = TinyTraining.draw(folder.resolve("data"), 20, 1);
        train(
                TinyTraining.config(1),
                data,
                folder.resolve("first"),
                new Training.Start.Fresh(false));
        first = Run.open(folder.resolve("first"));
    }

    @Test
    void goesOnWithAllWeightsWhereTheClassesAreTheSame() throws IOException {
        Path out = folder.resolve("same");
        train(Settings.apply(first.config(), HARDLY), data, out, from(first));
        assertThat(fresh).isEmpty();
        assertThat(unused).isEmpty();
        Map<String, float[]> before = weights(first);
        weights(Run.open(out))
                .forEach((name, values) -> assertNear(name, values, before.get(name)));
    }

    /** The few steps have moved them by their rate at most. */
    private static void assertNear(String name, float[] values, float[] before) {
        assertThat(values).as(name).containsExactly(before, within(1e-9f));
    }

    @Test
    void drawsANewHeadForOtherClasses() throws IOException {
        Path other = folder.resolve("other");
        new DrawnDataset(List.of(DrawnShape.HEART, DrawnShape.RING, DrawnShape.STAR), 8, 32, 1)
                .write(other);
        Path out = folder.resolve("tuned");
        train(Settings.apply(first.config(), HARDLY), other, out, from(first));
        assertThat(fresh).containsExactlyInAnyOrder("head.weight", "head.bias");
        assertThat(unused).containsExactlyInAnyOrder("head.weight", "head.bias");
        Map<String, float[]> before = weights(first);
        Map<String, float[]> after = weights(Run.open(out));
        assertThat(after.get("head.bias")).hasSize(3);
        String name = "blocks.1.mlp.fc2.weight";
        assertNear(name, after.get(name), before.get(name));
    }

    @Test
    void trainsNothingButWhatIsNotFrozen() throws IOException {
        ModelConfig config =
                Settings.apply(
                        first.config(),
                        Map.of(
                                "training.epochs", "2",
                                "training.freeze", "[\"*\", \"!head.*\"]"));
        Path out = folder.resolve("head");
        train(config, data, out, from(first));
        Map<String, float[]> before = weights(first);
        weights(Run.open(out))
                .forEach(
                        (name, values) -> {
                            if (name.startsWith("head.")) {
                                assertThat(values).as(name).isNotEqualTo(before.get(name));
                            } else {
                                assertThat(values).as(name).isEqualTo(before.get(name));
                            }
                        });
    }

    @Test
    void refusesPatternsThatFreezeNothingOrEverything() {
        assertFreezeRefused("[\"block.*\"]", "\"block.*\" matches no parameter");
        assertFreezeRefused("[\"*\"]", "leaves no parameter to be trained");
    }

    private void assertFreezeRefused(String patterns, String message) {
        ModelConfig config = Settings.apply(first.config(), Map.of("training.freeze", patterns));
        Path out = folder.resolve("frozen");
        assertThatThrownBy(() -> train(config, data, out, from(first)))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining(message);
        assertThat(out).doesNotExist();
    }

    @Test
    void namesTheTensorsOfAnotherNetwork() {
        ModelConfig wider =
                Settings.apply(first.config(), Map.of("model.dim", "64", "model.mlp_dim", "64"));
        assertThatThrownBy(() -> train(wider, data, folder.resolve("wider"), from(first)))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("is of another network")
                .hasMessageContaining("must be");
        assertThat(Files.exists(folder.resolve("wider"))).isFalse();
    }

    private static Training.Start from(Run run) {
        return new Training.Start.From(run, false);
    }

    private void train(ModelConfig config, Path pictures, Path out, Training.Start start) {
        new Training(
                        config,
                        new Training.Options(
                                pictures, Optional.empty(), out, start, TrainingDevice.CPU),
                        new TrainingListener() {
                            @Override
                            public void onTransfer(List<String> drawn, List<String> left) {
                                fresh.addAll(drawn);
                                unused.addAll(left);
                            }
                        })
                .run();
    }

    private static Map<String, float[]> weights(Run run) {
        Map<String, float[]> weights = new TreeMap<>();
        try (Network network = run.network(Device.cpu())) {
            network.parameters()
                    .forEach(
                            (name, parameter) -> {
                                NDArray array = parameter.getArray();
                                weights.put(name, array.toFloatArray());
                            });
        }
        return weights;
    }
}
