package dev.vitrail.zoo.train;

import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.data.DrawnDataset;
import dev.vitrail.zoo.data.DrawnShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A network and pictures so small that a test can train it. */
final class TinyTraining {

    private TinyTraining() {}

    /** A config of 32 pixels, with dropout and drop path so that randomness is part of tests. */
    static ModelConfig config(int epochs, double learningRate, String moreTraining) {
        String json =
                """
                {
                  "name": "tiny",
                  "model": {
                    "image_size": 32, "patch_size": 8, "dim": 32, "depth": 2, "heads": 2,
                    "mlp_dim": 64, "dropout": 0.02, "drop_path": 0.02
                  },
                  "labels": { "count": 2 },
                  "preprocessing": {
                    "resize": 32, "crop": 32, "interpolation": "bilinear",
                    "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]
                  },
                  "training": {
                    "epochs": %d, "batch_size": 16, "warmup_epochs": 1,
                    "optimizer": { "type": "adamw", "learning_rate": %s }%s
                  }
                }
                """
                        .formatted(epochs, learningRate, moreTraining);
        return ConfigReader.parse(json, "tiny.json", Path.of("."));
    }

    static ModelConfig config(int epochs) {
        return config(epochs, 3e-3, ", \"augmentation\": { \"horizontal_flip\": 0.5 }");
    }

    /** What a training of {@link #config(int)} makes small, without validation pictures. */
    static Classification objective(int classes) {
        ModelConfig config = config(100).withLabels(new Labels.Counted(classes));
        return new Classification(config, Optional.empty(), Loading.of(1), image -> {});
    }

    static Path draw(Path folder, int imagesPerClass, long seed) {
        new DrawnDataset(List.of(DrawnShape.CIRCLE, DrawnShape.CROSS), imagesPerClass, 32, seed)
                .write(folder);
        return folder;
    }

    static Training.Options options(Path data, Path validation, Path out) {
        return new Training.Options(
                data,
                Optional.ofNullable(validation),
                out,
                new Training.Start.Fresh(false),
                TrainingDevice.CPU);
    }
}
