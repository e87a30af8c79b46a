package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.BatchMixer;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.Seeds;
import dev.vitrail.zoo.data.SoftTargets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSamplesTest {

    private static final String EVERYTHING =
            """
            , "label_smoothing": 0.1, "augmentation": {
              "random_resized_crop": {}, "horizontal_flip": 0.5, "vertical_flip": 0.5,
              "rotation": {}, "affine": { "degrees": 10, "shear": [5, 5] },
              "auto_augment": "rand-m9-mstd0.5-inc1", "color_jitter": { "hue": 0.1 },
              "grayscale": 0.2, "gaussian_blur": 0.3, "random_erasing": { "probability": 0.5 },
              "mixing": { "mode": "elem" } }
            """;

    @TempDir Path folder;

    @Test
    void givesTheSamePixelsAndTargetsWithAnyNumberOfThreads() {
        ImageFolder data = ImageFolder.read(TinyTraining.draw(folder, 20, 1));

        List<Object> alone = batches(data, 1, 7);

        assertThat(alone).hasSize(2 * 5);
        assertThat(batches(data, 2, 7)).usingRecursiveComparison().isEqualTo(alone);
        assertThat(batches(data, 5, 7)).usingRecursiveComparison().isEqualTo(alone);
        assertThat(batches(data, 2, 8)).usingRecursiveComparison().isNotEqualTo(alone);
    }

    private static List<Object> batches(ImageFolder data, int threads, long seed) {
        ModelConfig config = TinyTraining.config(1, 1e-3, EVERYTHING);
        Preprocessing preprocessing = config.preprocessing();
        SoftTargets targets =
                new SoftTargets(
                        2,
                        config.training().labelSmoothing(),
                        List.of(),
                        config.training()
                                .augmentation()
                                .mixing()
                                .map(mixing -> new BatchMixer(mixing, 32, 32)));
        List<Object> all = new ArrayList<>();
        int[] order = Seeds.permutation(40, Seeds.random(1));
        try (BatchLoader loader =
                        new BatchLoader(
                                new TrainingSamples(
                                        preprocessing, config.training().augmentation(), 1 << 20),
                                Loading.sampleFloats(preprocessing),
                                8,
                                threads,
                                Optional.of(targets),
                                image -> {});
                Batches batches = loader.start(data.images(), order, seed, 1)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    float[] pixels = new float[batch.pixels().asFloatBuffer().remaining()];
                    batch.pixels().asFloatBuffer().get(pixels);
                    all.add(pixels);
                    all.add(batch.targets());
                }
            }
        }
        return all;
    }
}
