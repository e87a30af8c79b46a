package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which parameters of a network stay as they are. */
final class FreezeOptions {
    @Option(
            names = "--freeze",
            paramLabel = "PATTERN",
            description =
                    "Parameters that are not trained, * for any text, ! before those that are"
                            + " after all: --freeze 'blocks.*' --freeze '!blocks.11.*'.")
    private List<String> freeze = List.of();

    @Option(names = "--head-only", description = "Train the head alone.")
    private boolean headOnly;

    /** The config with these patterns after its own. */
    ModelConfig applyTo(ModelConfig base) {
        List<String> patterns = new ArrayList<>(base.training().freeze());
        if (headOnly) {
            patterns.addAll(List.of("*", "!head*"));
        }
        patterns.addAll(freeze);
        return base.withTraining(base.training().withFreeze(patterns));
    }
}
