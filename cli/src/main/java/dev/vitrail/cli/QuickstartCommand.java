package dev.vitrail.cli;

import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.lower.Lowering;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.FolderClassifier;
import dev.vitrail.runtime.FolderOptions;
import dev.vitrail.runtime.ImageFiles;
import dev.vitrail.runtime.OutputFormat;
import dev.vitrail.runtime.ResultWriter;
import dev.vitrail.runtime.Summary;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.data.DrawnDataset;
import dev.vitrail.zoo.data.DrawnShape;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail quickstart}: the whole journey on pictures that it draws itself. */
@Command(
        name = "quickstart",
        header = "Train, export, verify and classify, end to end, in a few minutes.",
        description = {
            "%nDraws pictures of shapes, trains a small vision transformer on them, exports it to"
                + " ONNX, verifies the file against the network, and classifies the test images,"
                + " which were drawn with another seed and never trained on.%n"
        },
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
    private static final String CONFIG = "shapes";
    private static final int IMAGES_PER_CLASS = 600;
    private static final int EDGE = 96;
    private static final int SEED = 1;
    private static final int VERIFIED_IMAGES = 16;
    private static final double LEAST_ACCURACY = 0.95;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where everything is written. Default: quickstart, or the next free"
                            + " quickstart-2, quickstart-3, ...")
    private Path out;

    private final Console console;

    QuickstartCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Path folder = out == null ? free(Path.of("quickstart")) : Arguments.newFolder("--out", out);
        Arguments.newFolder("--out", folder);
        Path images = folder.resolve("images");
        Path model = folder.resolve("model.onnx");
        Path results = folder.resolve("results.jsonl");
        Path testImages = testImages();

        step(1, "draw training images");
        List<DrawnShape> shapes = List.of(DrawnShape.values());
        new DrawnDataset(shapes, IMAGES_PER_CLASS, EDGE, SEED).write(images);
        console.print(
                "  "
                        + IMAGES_PER_CLASS * shapes.size()
                        + " images of "
                        + shapes.size()
                        + " shapes in "
                        + images);

        step(2, "train a vision transformer");
        Training.Result training =
                TrainingDisplay.run(
                        console,
                        Configs.ofName(CONFIG),
                        new Training.Options(
                                images,
                                Optional.empty(),
                                folder.resolve("run"),
                                new Training.Start.Fresh(false),
                                TrainingDevice.CPU));
        if (!training.complete()) {
            return stopped(folder);
        }
        training.best().ifPresent(best -> console.print("  " + TrainingDisplay.figures(best)));

        step(3, "export to ONNX and verify against DJL");
        ExportReport report = export(training.run(), model, testImages);
        console.print(
                String.format(
                        Locale.ROOT,
                        "  %s: %.1f MB, opset %d, %d nodes",
                        model,
                        report.bytes() / 1e6,
                        report.opset(),
                        report.nodes()));
        report.verification().ifPresent(found -> console.print("  " + found));

        if (Signals.received() != null) {
            return stopped(folder);
        }

        step(4, "classify the test images with ONNX Runtime");
        Scores scores = new Scores();
        Summary summary = classify(model, testImages, results, scores);
        if (summary.stopped()) {
            return stopped(folder);
        }
        scores.table().forEach(line -> console.print("  " + line));
        console.print(
                String.format(
                        Locale.ROOT,
                        "  %d of %d right (%.1f %%), %.0f images/s on %s",
                        scores.right(),
                        scores.images(),
                        100 * scores.accuracy(),
                        summary.imagesPerSecond(),
                        summary.provider()));
        scores.mistakes().forEach(line -> console.print("  " + line));

        closing(folder, model, results);
        if (scores.accuracy() < LEAST_ACCURACY) {
            throw Failure.failed(
                    String.format(
                            Locale.ROOT,
                            "%s: only %.1f %% of the test images are right, at least %.0f %% are"
                                    + " expected",
                            results,
                            100 * scores.accuracy(),
                            100 * LEAST_ACCURACY));
        }
        return ExitCode.DONE.code();
    }

    private int stopped(Path folder) {
        console.note("stopped; " + folder + " can be removed");
        return Optional.ofNullable(Signals.received()).orElse(ExitCode.FAILED).code();
    }

    private ExportReport export(Run run, Path model, Path testImages) {
        ModelConfig config = run.config();
        try (Network network = run.mappedNetwork()) {
            return NetworkExport.verified(
                    config,
                    network.block(),
                    new NetworkExport.Settings(
                            model, Lowering.FIRST_OPSET, ExternalDataPolicy.AUTO),
                    Samples.of(testImages, config.preprocessing(), VERIFIED_IMAGES));
        }
    }

    private Summary classify(Path model, Path testImages, Path results, Scores scores) {
        FolderOptions options = FolderOptions.defaults();
        try (Classifier classifier = Classifier.open(model);
                ResultWriter file = OutputFormat.JSONL.toFile(results, options.topK(), false)) {
            FolderClassifier run = new FolderClassifier(classifier, options, progress -> {});
            Signals.onStop(run::stop);
            return run.run(ImageFiles.find(List.of(testImages)), scores.over(file));
        }
    }

    private void step(int number, String what) {
        console.print((number == 1 ? "" : "\n") + "[" + number + "/4] " + what);
        console.flush();
    }

    private void closing(Path folder, Path model, Path results) {
        console.print("\nEverything is in " + folder + ":");
        console.print("  images/        what was trained on");
        console.print("  run/           config, weights (model.safetensors), a page (report.html)");
        console.print(
                "  "
                        + model.getFileName()
                        + "     the exported network: one file, no other needed");
        console.print("  " + results.getFileName() + "  a row for each test image");
        console.print("\nThe same with photos of your own, one folder a class:");
        console.print("  vitrail train --config photos-tiny-patch8-64 --data PHOTOS --out my-run");
        console.print("  vitrail export --model my-run --out my-model.onnx --data PHOTOS");
        console.print("  vitrail classify --model my-model.onnx MORE-PHOTOS --out results.jsonl");
    }

    private static Path testImages() {
        Path folder = Home.path().resolve("test-images");
        if (!Files.isDirectory(folder)) {
            throw Failure.failed(folder + ": the test images that ship are missing");
        }
        return folder;
    }

    /** The name, or the name with the first number that is free. */
    private static Path free(Path name) {
        Path candidate = name;
        for (int number = 2; isTaken(candidate); number++) {
            candidate = Path.of(name + "-" + number);
        }
        return candidate;
    }

    private static boolean isTaken(Path folder) {
        if (!Files.exists(folder)) {
            return false;
        }
        try (var entries = Files.list(folder)) {
            return entries.findAny().isPresent();
        } catch (IOException e) {
            return true;
        }
    }
}
