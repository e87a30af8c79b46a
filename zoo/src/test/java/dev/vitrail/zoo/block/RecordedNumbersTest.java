package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients do not depend on when Java's memory is collected. */
class RecordedNumbersTest {

    private static final Architecture SMALL = Architecture.of(16, 8, 24, 2, 2);

    static Stream<Architecture> networks() {
        return Stream.of(
                SMALL,
                SMALL.with().activation(ActivationKind.GELU_TANH).build(),
                SMALL.with().activation(ActivationKind.QUICK_GELU).build(),
                SMALL.with().distillationToken(true).build(),
                SMALL.with().dropPath(0.2).dropout(0.1).build());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void areKeptUntilTheBackwardPass(Architecture architecture) throws InterruptedException {
        try (NDManager manager = NDManager.newBaseManager()) {
            VisionTransformer network = new VisionTransformer(architecture, 3);
            network.initialize(manager, 1);
            Map<String, float[]> undisturbed = gradients(network, manager, false);
            gradients(network, manager, true)
                    .forEach(
                            (name, gradient) ->
                                    assertThat(gradient)
                                            .as(name)
                                            .containsExactly(undisturbed.get(name)));
        }
    }

    /** Of the sum of a random weighting of the logits, by parameter. */
    private static Map<String, float[]> gradients(
            VisionTransformer network, NDManager manager, boolean collect)
            throws InterruptedException {
        Engine engine = manager.getEngine();
        engine.setRandomSeed(3);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (NDManager scope = manager.newSubManager()) {
            NDArray pixels = scope.randomNormal(network.inputShape(4));
            NDArray weighting = scope.randomNormal(new Shape(4, network.classes()));
            List<ByteBuffer> reused = List.of();
            try (GradientCollector collector = engine.newGradientCollector()) {
                ParameterStore store = new ParameterStore(manager, false);
                NDArray logits =
                        network.forward(store, new NDList(pixels), true).singletonOrThrow();
                NDArray loss = logits.mul(weighting).sum();
                if (collect) {
                    reused = collectAndReuse();
                }
                collector.backward(loss);
            }
            assertThat(reused).hasSize(collect ? 20_000 : 0);
            ParameterNames.of(network)
                    .parameters()
                    .forEach(
                            (name, parameter) -> {
                                try (NDArray gradient = parameter.getArray().getGradient()) {
                                    gradients.put(name, gradient.toFloatArray());
                                    gradient.subi(gradient.duplicate());
                                }
                            });
        }
        return gradients;
    }

    /** Collects what Java's memory is not pointed to by Java, and writes over what stood there. */
    private static List<ByteBuffer> collectAndReuse() throws InterruptedException {
        System.gc();
        Thread.sleep(100); // Direct memory is given back by a thread of its own.
        List<ByteBuffer> reused = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(4 + 4 * (i % 2));
            while (buffer.hasRemaining()) {
                buffer.put((byte) 0x41); // 12.08 as a float, 2.3e6 as a double
            }
            reused.add(buffer);
        }
        return reused;
    }
}
