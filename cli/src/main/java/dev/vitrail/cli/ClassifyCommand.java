package dev.vitrail.cli;

import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.EmbeddingsWriter;
import dev.vitrail.runtime.FolderClassifier;
import dev.vitrail.runtime.FolderOptions;
import dev.vitrail.runtime.ImageFiles;
import dev.vitrail.runtime.OutputFormat;
import dev.vitrail.runtime.ProgressListener;
import dev.vitrail.runtime.ProviderChoice;
import dev.vitrail.runtime.ReportWriter;
import dev.vitrail.runtime.ResultWriter;
import dev.vitrail.runtime.RowScores;
import dev.vitrail.runtime.RuntimeFailure;
import dev.vitrail.runtime.SessionConfig;
import dev.vitrail.runtime.SortMode;
import dev.vitrail.runtime.SortingWriter;
import dev.vitrail.runtime.Summary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vitrail classify}: files and folders to rows of predictions. */
@Command(
        name = "classify",
        header = "Classify images and folders of images with an ONNX file.",
        description = {
            "%nWalks folders recursively, decodes in the background, and writes one row an image in"
                + " the order of the paths. An image that cannot be read is a row with an error,"
                + " and the run goes on.",
            "Rows go to --out, or to standard output: readable lines on a terminal, JSON lines"
                    + " elsewhere.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail classify test-images",
            "  vitrail classify --model photos.onnx inbox --out results.csv --top-k 3",
            "  vitrail classify --model photos.onnx a.jpg b.jpg --format jsonl | head",
            "  find . -newer last-run -name '*.jpg' -print0 | vitrail classify --list - --null",
            "  vitrail classify --model photos.onnx inbox --sort-into sorted --threshold 0.8",
            "  vitrail classify test-images --out rows.csv --report report.html"
        },
        mixinStandardHelpOptions = true)
final class ClassifyCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Image files and folders.")
    private List<Path> paths = List.of();

    @Option(
            names = "--list",
            paramLabel = "FILE",
            description =
                    "In place of PATHs: image files, one a line in UTF-8; - is standard input. Rows"
                            + " are in its order, doubles kept, paths as it has them.")
    private Path list;

    @Option(
            names = "--null",
            description = "NUL bytes, not line ends, separate the paths of --list.")
    private boolean nullSeparated;

    @Option(
            names = "--model",
            paramLabel = "FILE.onnx",
            description =
                    "What 'vitrail export' wrote. Default: the small model of shapes that ships.")
    private Path model;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the rows go: FILE.jsonl, FILE.csv or FILE.parquet.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace the result if there is one already.")
    private boolean overwrite;

    @Option(
            names = "--resume",
            description =
                    "Go on with a run into --out that was stopped or killed; the result is the"
                            + " same, to the byte, as without the stop.")
    private boolean resume;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Rows on standard output as ${COMPLETION-CANDIDATES}.")
    private RowFormat format;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "5",
            description = "Classes in a row, best first. Default: ${DEFAULT-VALUE}.")
    private int topK;

    @Option(
            names = "--threshold",
            paramLabel = "P",
            description =
                    "Say of every row whether it is unsure: its best probability is below P, which"
                            + " is above 0 and at most 1.")
    private Double threshold;

    @Option(
            names = "--scores",
            paramLabel = "KIND",
            defaultValue = "probabilities",
            description =
                    "The number beside each class: ${COMPLETION-CANDIDATES}; logits are the model's"
                            + " output as it is, under 'logit' in place of 'probability'."
                            + " --threshold means probabilities all the same. Default:"
                            + " ${DEFAULT-VALUE}.")
    private RowScores scores;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "auto",
            description =
                    "Images in one run of the network. auto takes what is fastest on the first"
                            + " images on a CPU, 32 on a GPU. Default: auto.")
    private String batch;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "auto",
            description =
                    "Runs of the network at a time. auto is the processors divided by --threads on"
                            + " a CPU, 1 on a GPU. Default: auto.")
    private String runs;

    @Option(
            names = "--decode-threads",
            paramLabel = "N",
            defaultValue = "auto",
            description =
                    "Threads that decode and resize beside the runs. auto: each run's own thread,"
                            + " and more where files are slow to read; where --threads is above 1"
                            + " or on a GPU, one a processor. Default: auto.")
    private String decodeThreads;

    @Option(
            names = "--sort-into",
            paramLabel = "DIR",
            description =
                    "Also put the images into folders named after their best classes, unsure and"
                            + " failed ones into folders of these names. Replaces nothing.")
    private Path sortInto;

    @Option(
            names = "--sort-mode",
            paramLabel = "MODE",
            description =
                    "Sort ${COMPLETION-CANDIDATES}s of the images. Default: links where they can be"
                            + " made, otherwise copies.")
    private SortMode sortMode;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description =
                    "Also make one page to look at: thumbnails by class, least certain first, a"
                            + " histogram, errors; accuracy and a confusion matrix where the top"
                            + " folders are named as classes.")
    private Path report;

    @Option(
            names = "--embeddings",
            paramLabel = "FILE",
            description =
                    "Also write what the classifier head reads of every image, after pooling:"
                            + " FILE.npy holds float32 [images, dim] in the order of the rows, NaN"
                            + " for an image that failed; FILE.parquet holds path and embedding,"
                            + " null for one that failed. Needs a model exported"
                            + " --with-embeddings.")
    private Path embeddings;

    @Option(names = "--strict", description = "Exit with 1 if any image could not be classified.")
    private boolean strict;

    @Option(
            names = "--json",
            description = "Print one JSON object: the summary, and the rows if there is no --out.")
    private boolean json;

    @Mixin private SessionOptions session;

    @Mixin private DecodeChoice decode;

    private final Console console;
    private JsonArrayStream jsonRows;

    ClassifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        checkUse();
        FolderOptions options =
                FolderOptions.defaults()
                        .withTopK(topK)
                        .withBatch(Arguments.countOrAuto("--batch", batch))
                        .withRuns(Arguments.countOrAuto("--runs", runs))
                        .withDecodeThreads(Arguments.countOrAuto("--decode-threads", decodeThreads))
                        .withFastDecode(decode.isFast())
                        .withThreshold(threshold == null ? 0 : threshold)
                        .withThumbnailEdge(report == null ? 0 : ReportWriter.THUMBNAIL_EDGE)
                        .withEmbeddings(embeddings != null)
                        .withScores(scores);
        ImageFiles files = files();
        if (resume) {
            // Its rows are compared with all paths; a signal before that simply ends the process.
            files.size();
        }
        try (Classifier classifier = open(files);
                ResultWriter writer = writer(files, classifier)) {
            say(classifier.provider());
            Summary summary = run(classifier, options, files, writer);
            tell(files, summary);
            if (summary.stopped()) {
                return Optional.ofNullable(Signals.received()).orElse(ExitCode.FAILED).code();
            }
            return (strict && summary.failed() > 0 ? ExitCode.FAILED : ExitCode.DONE).code();
        }
    }

    /** The rows' writer within those of what else is made of rows. */
    private ResultWriter writer(ImageFiles files, Classifier classifier) {
        ResultWriter rows = embedding(rows(), files, classifier);
        return sorting(reporting(rows, classifier), files, classifier);
    }

    private void checkUse() {
        checkInput();
        checkSorting();
        checkReport();
        checkEmbeddings();
        if (model != null) {
            Arguments.existingFile("--model", model);
        }
        if (topK < 1) {
            throw Failure.wrongUse("--top-k is " + topK + ", must be at least 1");
        }
        if (threshold != null && !(threshold > 0 && threshold <= 1)) {
            throw Failure.wrongUse(
                    "--threshold is " + threshold + ", must be above 0 and at most 1");
        }
        if (out != null) {
            if (format != null) {
                throw Failure.wrongUse(
                        "--format is for standard output; with --out the name's ending says it");
            }
            if (paths.stream().anyMatch(path -> Arguments.isSame(path, out))
                    || list != null && Arguments.isSame(list, out)
                    || model != null && Arguments.isSame(model, out)) {
                throw Failure.wrongUse("--out " + out + ": is also an input");
            }
            if (resume && overwrite) {
                throw Failure.wrongUse("--resume and --overwrite exclude each other");
            }
            outputFormat();
            Arguments.newFile("--out", out, overwrite || resume);
        } else if (resume) {
            throw Failure.wrongUse("--resume goes on with a file; name it with --out");
        } else if (json && format != null) {
            throw Failure.wrongUse("--json prints one object; leave out --format");
        } else if (format == RowFormat.PARQUET && console.outIsTerminal()) {
            throw Failure.wrongUse(
                    "--format parquet is no text for a terminal; name a file with --out");
        }
    }

    private void checkInput() {
        if (list == null) {
            if (paths.isEmpty()) {
                throw Failure.wrongUse("no image is given; name a PATH, or a list with --list");
            }
            if (nullSeparated) {
                throw Failure.wrongUse("--null is about --list, which is not given");
            }
        } else if (!paths.isEmpty()) {
            throw Failure.wrongUse(
                    "--list " + list + " and PATH " + paths.get(0) + " exclude each other");
        } else if (!isStandardInput(list)) {
            Arguments.existingFile("--list", list);
        }
        paths.forEach(path -> Arguments.existing("PATH", path));
    }

    private static boolean isStandardInput(Path path) {
        return path.toString().equals("-");
    }

    private ImageFiles files() {
        if (list == null) {
            return ImageFiles.find(paths);
        }
        if (isStandardInput(list)) {
            InputStream input = new BufferedInputStream(System.in);
            return ImageFiles.listed(input, "standard input", nullSeparated);
        }
        try (InputStream input = new BufferedInputStream(Files.newInputStream(list))) {
            return ImageFiles.listed(input, list.toString(), nullSeparated);
        } catch (IOException e) {
            throw Failure.failed("--list " + list + ": cannot be read: " + SystemReason.of(e), e);
        }
    }

    private void checkReport() {
        if (report == null) {
            return;
        }
        Arguments.html("--report", report);
        if (scores == RowScores.LOGITS) {
            // A report goes on from the rows, in which it would miss them.
            throw Failure.wrongUse("--report shows probabilities; leave out --scores logits");
        }
        checkFurtherFile("--report", report);
    }

    private void checkEmbeddings() {
        if (embeddings == null) {
            return;
        }
        try {
            EmbeddingsWriter.requireName(embeddings);
        } catch (RuntimeFailure e) {
            throw Failure.wrongUse("--embeddings " + e.getMessage());
        }
        checkFurtherFile("--embeddings", embeddings);
    }

    /** A file that is made beside the rows. */
    private void checkFurtherFile(String option, Path file) {
        Stream<Path> inputs = Stream.concat(paths.stream(), Stream.of(list, model));
        if (inputs.anyMatch(path -> path != null && Arguments.isSame(path, file))) {
            throw Failure.wrongUse(option + " " + file + ": is also an input");
        }
        if (out != null
                && out.toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize())) {
            throw Failure.wrongUse(option + " " + file + ": is also --out");
        }
        Arguments.newFile(option, file, overwrite || resume);
    }

    private ResultWriter embedding(ResultWriter rows, ImageFiles files, Classifier classifier) {
        return embeddings == null
                ? rows
                : new EmbeddingsWriter(
                        rows, files, embeddings, overwrite || resume, out != null, classifier);
    }

    private ResultWriter reporting(ResultWriter rows, Classifier classifier) {
        return report == null
                ? rows
                : new ReportWriter(
                        rows, report, overwrite || resume, out != null, classifier.card());
    }

    private void checkSorting() {
        if (sortInto == null) {
            if (sortMode != null) {
                throw Failure.wrongUse("--sort-mode is about --sort-into, which is not given");
            }
            return;
        }
        if (Files.exists(sortInto)) {
            Arguments.existingFolder("--sort-into", sortInto);
        } else {
            Arguments.newFile("--sort-into", sortInto, false);
        }
        for (Path path : paths) {
            // The next run would find what this one sorted.
            if (Files.isDirectory(path) && real(sortInto).startsWith(real(path))) {
                throw Failure.wrongUse(
                        "--sort-into " + sortInto + ": is inside " + path + ", must be outside");
            }
        }
    }

    /** Without links and dots, whether the last name is there or is yet to be made. */
    private static Path real(Path path) {
        try {
            Path absolute = path.toAbsolutePath();
            return Files.exists(path)
                    ? path.toRealPath()
                    : absolute.getParent().toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw Failure.failed(path + ": its place cannot be found: " + SystemReason.of(e), e);
        }
    }

    private ResultWriter sorting(ResultWriter rows, ImageFiles files, Classifier classifier) {
        if (sortInto == null) {
            return rows;
        }
        try {
            Files.createDirectories(sortInto);
        } catch (IOException e) {
            rows.close();
            throw Failure.failed(
                    "--sort-into " + sortInto + ": cannot be made: " + SystemReason.of(e), e);
        }
        SortMode mode = sortMode == null ? SortMode.of(sortInto) : sortMode;
        return new SortingWriter(rows, files, classifier.card().labels(), sortInto, mode);
    }

    private OutputFormat outputFormat() {
        try {
            return OutputFormat.of(out);
        } catch (RuntimeFailure e) {
            throw Failure.wrongUse("--out " + e.getMessage());
        }
    }

    private Classifier open(ImageFiles files) {
        SessionConfig config = session.config().forImages(files);
        return model == null ? ShippedModel.open(config) : Classifier.open(model, config);
    }

    private ResultWriter rows() {
        if (out != null) {
            return resume
                    ? outputFormat().resumeFile(out, topK)
                    : outputFormat().toFile(out, topK, overwrite);
        }
        if (json) {
            jsonRows = new JsonArrayStream(console.results());
            return OutputFormat.JSONL.toStream(jsonRows, "standard output", topK);
        }
        RowFormat chosen =
                Optional.ofNullable(format)
                        .orElse(console.outIsTerminal() ? RowFormat.TEXT : RowFormat.JSONL);
        return switch (chosen) {
            case TEXT -> new TextRows(console);
            case JSONL -> OutputFormat.JSONL.toStream(console.results(), "standard output", topK);
            case CSV -> OutputFormat.CSV.toStream(console.results(), "standard output", topK);
            case PARQUET ->
                    OutputFormat.PARQUET.toStream(console.results(), "standard output", topK);
        };
    }

    private void say(ProviderChoice provider) {
        console.note(
                "provider: "
                        + provider.chosen().id()
                        + (provider.asked().equals(provider.chosen())
                                ? ""
                                : " (" + provider.reason() + ")"));
    }

    private Summary run(
            Classifier classifier, FolderOptions options, ImageFiles files, ResultWriter writer) {
        // Rows on a terminal are progress enough.
        boolean rowsOnTerminal = out == null && console.outIsTerminal();
        if (rowsOnTerminal || files.isEmpty()) {
            return run(classifier, options, files, writer, new RunProgress(console, null));
        }
        try (Progress bar = console.progress("classify", files.found(), "images")) {
            return run(classifier, options, files, writer, new RunProgress(console, bar));
        }
    }

    private static Summary run(
            Classifier classifier,
            FolderOptions options,
            ImageFiles files,
            ResultWriter writer,
            ProgressListener listener) {
        FolderClassifier run = new FolderClassifier(classifier, options, listener);
        Signals.onStop(run::stop);
        return run.run(files, writer);
    }

    private void tell(ImageFiles files, Summary summary) {
        if (json) {
            console.print(jsonRows == null ? summary.toJson() : jsonRows.closing(summary.toJson()));
        }
        files.skippedLinks()
                .forEach(link -> console.warn(link + ": leads to a folder seen before, skipped"));
        if (files.found() == 0) {
            console.note(
                    list == null
                            ? "no images found (looked for "
                                    + String.join(", ", ImageDecoder.EXTENSIONS)
                                    + ")"
                            : "the list names no image");
        }
        console.note(
                String.format(
                        Locale.ROOT,
                        "%d images: %d classified%s, %d failed, %.1f s, %.1f images/s on %s%s%s",
                        summary.images(),
                        summary.classified(),
                        summary.unsure().isPresent()
                                ? " (" + summary.unsure().getAsLong() + " unsure)"
                                : "",
                        summary.failed(),
                        summary.seconds(),
                        summary.imagesPerSecond(),
                        summary.provider(),
                        summary.batch()
                                .map(
                                        choice ->
                                                " in batches of "
                                                        + choice.images()
                                                        + (choice.runs() == 1
                                                                ? ""
                                                                : ", "
                                                                        + choice.runs()
                                                                        + " at a time")
                                                        + " ("
                                                        + choice.reason()
                                                        + ")")
                                .orElse(""),
                        out != null && !summary.stopped() ? ", rows in " + out : ""));
        if (report != null && !summary.stopped()) {
            console.note("report in " + report);
        }
        if (embeddings != null && !summary.stopped()) {
            console.note("embeddings in " + embeddings);
        }
        if (summary.stopped()) {
            console.note(
                    "stopped after "
                            + summary.images()
                            + " of "
                            + files.found()
                            + " images"
                            + (out == null ? "" : "; go on with the same command and --resume"));
        }
    }
}
