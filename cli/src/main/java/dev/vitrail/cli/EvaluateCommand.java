package dev.vitrail.cli;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.train.Evaluation;
import dev.vitrail.zoo.train.Evaluator;
import dev.vitrail.zoo.train.Loading;
import dev.vitrail.zoo.train.LogitsFunction;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.TrainingDevice;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vitrail evaluate}: how well a run or an ONNX file does on labelled photos. */
@Command(
        name = "evaluate",
        header = "Measure a run folder or an ONNX file on labelled photos.",
        description =
                "%nPrints top-1 and top-5 accuracy, the figures of each class, and the confusion"
                        + " matrix. Runs and files are fed by the same code.%n",
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    private static final int BATCH = 8;
    private static final int WIDEST_MATRIX = 20;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "RUN|FILE.onnx",
            description = "A run folder, or what was exported from it.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|CSV",
            description =
                    "Photos, one folder a class, named as the model's classes, or a CSV of"
                            + " paths and labels.")
    private Path data;

    @Option(
            names = "--device",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description =
                    "Where a run computes: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private TrainingDevice device;

    @Mixin private SessionOptions session;

    @Mixin private DecodeChoice decode;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description =
                    "Also make one page to look at: figures of each class, confusion matrix, the"
                            + " surest mistakes as thumbnails, and the curves of a run's training.")
    private Path report;

    @Option(names = "--overwrite", description = "Replace the report.")
    private boolean overwrite;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Arguments.existing("--model", model);
        Arguments.pictures("--data", data);
        if (report != null) {
            Arguments.newFile("--report", Arguments.html("--report", report), overwrite);
        }
        Evaluation evaluation = Files.isDirectory(model) ? ofRun() : ofFile();
        if (json) {
            console.json(object(evaluation));
        } else {
            print(evaluation);
        }
        return ExitCode.DONE.code();
    }

    private Evaluation ofRun() {
        Run run = Run.openClassifier(model);
        ImageFolder images = ImageFolder.read(data, run.config().labels().names());
        try (Network network = run.network(device.resolve());
                Evaluator evaluator =
                        new Evaluator(
                                images,
                                run.config().preprocessing(),
                                decode.options(run.config().preprocessing()),
                                Loading.of(BATCH),
                                image -> console.warn("left out: " + image.cause().getMessage()))) {
            Evaluation evaluation = evaluate(images, evaluator, network::logits);
            write(
                    new TrainingPage(model).withCurves(run),
                    evaluation,
                    run.config().preprocessing());
            return evaluation;
        }
    }

    private Evaluation ofFile() {
        try (Classifier classifier = Classifier.open(model, session.config())) {
            if (classifier.card().takesBytes()) {
                throw Failure.wrongUse(
                        "--model "
                                + model
                                + ": has its preprocessing in the graph and is not fed prepared"
                                + " images; evaluate the run, or the file exported without"
                                + " --with-preprocessing");
            }
            ImageFolder images = ImageFolder.read(data, classifier.card().labels());
            int classes = classifier.card().labels().size();
            LogitsFunction logits =
                    (pixels, size) -> {
                        FloatBuffer batch =
                                pixels.duplicate().order(pixels.order()).asFloatBuffer();
                        return LogitsFunction.rows(classifier.logits(batch, size), classes);
                    };
            try (Evaluator evaluator =
                    new Evaluator(
                            images,
                            classifier.card().preprocessing(),
                            decode.options(classifier.card().preprocessing()),
                            Loading.of(BATCH),
                            image -> console.warn("left out: " + image.cause().getMessage()))) {
                Evaluation evaluation = evaluate(images, evaluator, logits);
                write(new TrainingPage(model), evaluation, classifier.card().preprocessing());
                return evaluation;
            }
        }
    }

    private Evaluation evaluate(ImageFolder images, Evaluator evaluator, LogitsFunction logits) {
        AtomicInteger done = new AtomicInteger();
        try (Progress progress = console.progress("evaluate", images.images().size(), "images")) {
            return evaluator.evaluate(logits, image -> progress.update(done.incrementAndGet(), ""));
        }
    }

    private void write(TrainingPage page, Evaluation evaluation, Preprocessing preprocessing) {
        if (report != null) {
            page.withEvaluation(evaluation, data)
                    .withThumbnails(data, decode.options(preprocessing))
                    .write(report);
            console.note("report in " + report);
        }
    }

    private void print(Evaluation evaluation) {
        console.print(
                String.format(
                        Locale.ROOT,
                        "top-1 %.2f %% (%d of %d images)%s, loss %.4f%s",
                        100 * evaluation.top1(),
                        evaluation.correct(),
                        evaluation.images(),
                        evaluation.top5().isPresent()
                                ? String.format(
                                        Locale.ROOT,
                                        ", top-5 %.2f %%",
                                        100 * evaluation.top5().getAsDouble())
                                : "",
                        evaluation.loss(),
                        evaluation.unreadable() == 0
                                ? ""
                                : ", " + evaluation.unreadable() + " unreadable left out"));
        console.print("");
        TextTable classes =
                new TextTable("class", "images", "right", "recall %", "precision %", "F1 %");
        for (Evaluation.ClassFigures figures : evaluation.perClass()) {
            classes.row(
                    figures.name(),
                    Integer.toString(figures.images()),
                    Integer.toString(figures.correct()),
                    percent(figures.recall()),
                    percent(figures.precision()),
                    percent(figures.f1()));
        }
        classes.lines().forEach(console::print);
        if (evaluation.classes().size() <= WIDEST_MATRIX) {
            console.print("");
            matrix(evaluation).lines().forEach(console::print);
        }
    }

    private static TextTable matrix(Evaluation evaluation) {
        List<String> header = new ArrayList<>(List.of("true \\ predicted"));
        header.addAll(evaluation.classes());
        TextTable matrix = new TextTable(header.toArray(String[]::new));
        int[][] confusion = evaluation.confusion();
        for (int row = 0; row < confusion.length; row++) {
            List<String> cells = new ArrayList<>(List.of(evaluation.classes().get(row)));
            for (int count : confusion[row]) {
                cells.add(count == 0 ? "-" : Integer.toString(count));
            }
            matrix.row(cells.toArray(String[]::new));
        }
        return matrix;
    }

    private static String percent(OptionalDouble share) {
        return share.isEmpty()
                ? "-"
                : String.format(Locale.ROOT, "%.1f", 100 * share.getAsDouble());
    }

    private Map<String, Object> object(Evaluation evaluation) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model.toString());
        object.putAll(evaluation.fields());
        return object;
    }
}
