package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.weights.ElementType;
import dev.vitrail.zoo.weights.FloatSink;
import dev.vitrail.zoo.weights.Weights;
import dev.vitrail.zoo.weights.WeightsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One tensor after the other is taken away, renamed or given another shape. Whatever it is, the
 * answer is a sentence that names it, never another network and never a crash.
 */
class DamagedNamesTest {

    @ParameterizedTest
    @ValueSource(strings = "hf_dinov2_reg")
    void everyDamagedTensorIsNamed(String name) throws IOException {
        damageOneByOne(name);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "timm_reg",
                "timm_siglip_map",
                "timm_layerscale_deit3",
                "timm_clip_prenorm_quickgelu",
                "timm_swiglu_packed",
                "hf_vit_nonsquare",
                "hf_deit_distilled",
                "hf_clip_vision",
                "hf_siglip_vision",
                "torchvision_old_mlp",
                "torchvision_convstem"
            })
    void everyDamagedTensorOfMoreNetworksIsNamed(String name) throws IOException {
        damageOneByOne(name);
    }

    private static void damageOneByOne(String name) throws IOException {
        Path folder = ReferenceCase.folder(name);
        ImportOptions options = ReferenceCase.options(folder);
        Map<String, Shape> shapes;
        try (Weights weights = WeightsFile.open(folder)) {
            shapes = weights.shapes();
        }
        Optional<Document> config = Document.read(folder.resolve("config.json"));
        List<String> wrong = new ArrayList<>();
        assertThat(refusal(folder, config, options, shapes)).isNull();
        for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
            String key = tensor.getKey();
            Map<String, Map<String, Shape>> damages = new LinkedHashMap<>();
            damages.put("removed", with(shapes, key, key, shape -> null));
            damages.put("renamed", with(shapes, key, "x." + key, shape -> shape));
            damages.put("grown", with(shapes, key, key, DamagedNamesTest::grown));
            damages.put("scalar", with(shapes, key, key, shape -> new Shape()));
            damages.forEach(
                    (damage, damaged) -> {
                        Throwable refusal = refusal(folder, config, options, damaged);
                        boolean harmless = refusal == null && isUnread(key, folder, shapes);
                        boolean named =
                                refusal instanceof ZooException
                                        && refusal.getMessage().contains(key);
                        if (!harmless && !named) {
                            wrong.add(damage + " " + key + ": " + refusal);
                        }
                    });
        }
        assertThat(wrong).isEmpty();
    }

    /** Left out anyway, so that nobody misses it. */
    private static boolean isUnread(String name, Path folder, Map<String, Shape> shapes) {
        Source source = source(folder, Optional.empty(), shapes);
        return Families.of(source).names(source).reasonToLeaveOut(name).isPresent();
    }

    private static Throwable refusal(
            Path folder,
            Optional<Document> config,
            ImportOptions options,
            Map<String, Shape> shapes) {
        Source source = source(folder, config, shapes);
        return catchThrowable(() -> Planning.plan(source, Families.of(source), options));
    }

    private static Source source(
            Path folder, Optional<Document> config, Map<String, Shape> shapes) {
        return Source.of(folder, new Names(folder, shapes), config, Optional.empty());
    }

    private static Map<String, Shape> with(
            Map<String, Shape> shapes, String name, String other, UnaryOperator<Shape> change) {
        Map<String, Shape> damaged = new LinkedHashMap<>();
        shapes.forEach(
                (key, shape) -> {
                    Shape changed = key.equals(name) ? change.apply(shape) : shape;
                    if (changed != null) {
                        damaged.put(key.equals(name) ? other : key, changed);
                    }
                });
        return damaged;
    }

    private static Shape grown(Shape shape) {
        long[] sizes = shape.getShape().clone(); // DJL gives its own array
        if (sizes.length > 0) {
            sizes[sizes.length - 1]++;
        }
        return sizes.length == 0 ? new Shape(2) : new Shape(sizes);
    }

    /** Names and shapes alone: values are never looked at before a plan stands. */
    private record Names(Path origin, Map<String, Shape> shapes) implements Weights {

        @Override
        public ByteBuffer floats(String name) {
            throw new AssertionError(name);
        }

        @Override
        public void copyTo(String name, FloatSink sink) {
            throw new AssertionError(name);
        }

        @Override
        public ElementType type(String name) {
            return ElementType.F32;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
