package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail pretrain}: a config and folders of any pictures to an encoder without a head. */
@Command(
        name = "pretrain",
        header = "Train the encoder of a vision transformer without labels.",
        description = {
            "%nA masked autoencoder (He et al. 2022): the network sees a quarter of an image's"
                    + " patches and guesses the others. Pictures are found in --data at any depth;"
                    + " what their folders are called does not matter.",
            "The run folder is that of 'vitrail train', and reconstructions/epoch-NNNN.png shows"
                    + " what is guessed. The weights have no head: 'vitrail train --init' begins"
                    + " with them and gives them one.",
            "The pretraining object of the config says how; without one it is the paper's recipe,"
                    + " with its decoder for large networks. training gives epochs, batch and"
                    + " optimiser.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail pretrain --config photos-small-patch12-96 --data pictures --out runs/seen",
            "  vitrail train --init runs/seen --data photos --out runs/photos",
            "  vitrail pretrain --resume --data pictures --out runs/seen"
        },
        mixinStandardHelpOptions = true)
final class PretrainCommand extends TrainingCommand {
    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|CSV",
            description = "Pictures to learn from, in folders of any kind or named by a CSV.")
    private Path data;

    @Option(names = "--val", paramLabel = "DIR|CSV", description = "Pictures to measure with.")
    private Path validation;

    PretrainCommand(Console console) {
        super(console);
    }

    @Override
    String verb() {
        return "pretrain";
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
        return options.applyTo(
                base.pretraining().isPresent()
                        ? base
                        : Settings.apply(base, Map.of("pretraining", "{}")));
    }

    @Override
    String next(Path run) {
        return "vitrail train --init " + Arguments.word(run) + " --data PHOTOS --out TUNED";
    }
}
