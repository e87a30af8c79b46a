package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vitrail train}: a config and folders of photos to a run folder. */
@Command(
        name = "train",
        header = "Train a vision transformer on folders of photos.",
        description = {
            "%nThe data is a folder with one folder a class, or a CSV file with the columns path"
                + " and label, whose paths begin in its own folder. Without --val a share of it is"
                + " held back, the same for the same seed.",
            "The run folder gets config.json, model.safetensors (the best epoch), evaluation.json"
                    + " (its figures), history.jsonl (a line an epoch), report.html (a page of"
                    + " both to look at), data.csv, event files for TensorBoard, and"
                    + " checkpoint.safetensors, from which --resume goes on after a stop of any"
                    + " kind as if there had been none.",
            "With --init the network and its preprocessing are those of the other run; --config"
                    + " then gives the recipe: training and dropout.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail train --config photos-tiny-patch8-64 --data photos --out runs/photos",
            "  vitrail train --config mine.json --data train --val val --out runs/mine --epochs 30",
            "  vitrail train --init runs/imported --data photos --out runs/tuned --head-only",
            "  vitrail train --resume --data photos --out runs/photos"
        },
        mixinStandardHelpOptions = true)
final class TrainCommand extends TrainingCommand {
    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|CSV",
            description = "Training photos, one folder a class, or a CSV of paths and labels.")
    private Path data;

    @Option(
            names = "--val",
            paramLabel = "DIR|CSV",
            description = "Validation photos, classes named as in --data.")
    private Path validation;

    @Mixin private FreezeOptions freeze;

    TrainCommand(Console console) {
        super(console);
    }

    @Override
    String verb() {
        return "train";
    }

    @Override
    Path data() {
        return data;
    }

    @Override
    Path validation() {
        return validation;
    }

    @Override
    ModelConfig recipe(ModelConfig base, RecipeOptions options) {
        // A config with a pretraining is trained with labels all the same.
        return options.applyToLabelled(freeze.applyTo(base));
    }

    @Override
    String next(Path run) {
        return "vitrail export --model " + Arguments.word(run) + " --out model.onnx";
    }
}
