package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.train.Run;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is trained: a config, or another run's network with a config's recipe. */
final class NetworkOptions {
    @Option(
            names = "--config",
            paramLabel = "NAME|CONFIG",
            description = "A config file, or the name of one that ships ('vitrail zoo list').")
    private String config;

    @Mixin private InputOptions input;

    /** Whether there is a config. */
    boolean hasConfig() {
        return config != null;
    }

    /** A run whose weights are begun with, seen through the input that is asked for. */
    Run initial(Path folder) {
        Run run = Run.open(folder);
        return run.withInput(input.applyTo(run.config()));
    }

    /** The config of what is begun, before any other option changes it. */
    ModelConfig begun(Optional<Run> init) {
        if (init.isPresent()) {
            ModelConfig network = init.get().config();
            return config == null ? network : network.withRecipeOf(Configs.read(config));
        }
        if (config == null) {
            throw Failure.wrongUse(
                    "Missing required option: '--config=NAME|CONFIG' (or --init, or --resume)");
        }
        return input.applyTo(Configs.read(config));
    }

    /** The config of what is gone on with: that which it was begun with, or what is given again. */
    ModelConfig resumed(ModelConfig stored) {
        return config == null
                ? stored
                : input.applyTo(Configs.read(config)).withLabels(stored.labels());
    }

    /** What a message calls the config that came of it. */
    String name(ModelConfig recipe) {
        return config == null ? recipe.name() : config;
    }
}
