package dev.vitrail.cli;

import dev.vitrail.zoo.config.MachineMemory;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import dev.vitrail.zoo.train.EpochResult;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail train}: a config and folders of photos to a run folder. */
@Command(
        name = "train",
        header = "Train a vision transformer on folders of photos.",
        description = {
            "%nThe data is a folder with one folder a class. Without --val a share of it is held"
                    + " back, the same for the same seed.",
            "The run folder gets config.json, model.safetensors (the best epoch), last.safetensors"
                    + " and history.jsonl (a line an epoch).%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail train --config photos-tiny-patch8-64 --data photos --out runs/photos",
            "  vitrail train --config mine.json --data train --val val --out runs/mine --epochs 30"
        },
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|CONFIG",
            description = "A config file, or the name of one that ships ('vitrail zoo list').")
    private String config;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Training photos, one folder a class.")
    private Path data;

    @Option(
            names = "--val",
            paramLabel = "DIR",
            description = "Validation photos, folders named as in --data.")
    private Path validation;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "RUN",
            description = "The run folder to make.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace the run that is in --out.")
    private boolean overwrite;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the data, instead of the config's.")
    private Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images a step, instead of the config's.")
    private Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "The highest, after warm-up, instead of the config's.")
    private Double learningRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of weights, order and augmentation, instead of the config's.")
    private Long seed;

    @Option(
            names = "--device",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private TrainingDevice device;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    private final Console console;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Arguments.existingFolder("--data", data);
        if (validation != null) {
            Arguments.existingFolder("--val", validation);
        }
        if (!overwrite) {
            Arguments.newFolder("--out", out);
        }
        ModelConfig recipe =
                Recipes.changed(Configs.read(config), epochs, batchSize, learningRate, seed);
        ModelPlan.of(recipe.model(), recipe.labels().count())
                .refuseTraining(recipe.training().batchSize(), MachineMemory.bytes())
                .ifPresent(
                        sentence -> {
                            throw Failure.failed(config + ": " + sentence);
                        });
        Training.Result result =
                TrainingDisplay.run(
                        console,
                        recipe,
                        new Training.Options(
                                data, Optional.ofNullable(validation), out, overwrite, device));
        return report(result).code();
    }

    private ExitCode report(Training.Result result) {
        Optional<EpochResult> best = result.best();
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("run", out.toString());
            object.put("complete", result.complete());
            object.put("epochs", result.history().size());
            best.ifPresent(epoch -> object.put("best", epoch));
            console.json(object);
        } else {
            console.print("run:      " + out);
            best.ifPresent(epoch -> console.print("best:     " + TrainingDisplay.figures(epoch)));
            if (best.isPresent()) {
                console.print("next:     vitrail export --model " + out + " --out model.onnx");
            }
        }
        if (result.complete()) {
            return ExitCode.DONE;
        }
        console.note(
                String.format(
                        Locale.ROOT,
                        "stopped in epoch %d; the weights so far are in %s%s",
                        result.history().size() + 1,
                        out.resolve("last.safetensors"),
                        best.isPresent()
                                ? ", the best in " + out.resolve("model.safetensors")
                                : ""));
        return Optional.ofNullable(Signals.received()).orElse(ExitCode.FAILED);
    }
}
