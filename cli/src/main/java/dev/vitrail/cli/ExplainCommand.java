package dev.vitrail.cli;

import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.Attention;
import dev.vitrail.runtime.AttentionMap;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.Explanation;
import dev.vitrail.runtime.ImageFiles;
import dev.vitrail.runtime.Prediction;
import dev.vitrail.zoo.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vitrail explain}: where a network looked, drawn over the image. */
@Command(
        name = "explain",
        header = "Draw over images where the network looked.",
        description = {
            "%nFor each image a PNG: what the network saw, and beside it a map of its attention,"
                    + " from dark (least) to yellow (most). The model must have been exported"
                    + " --with-attention.",
            "rollout multiplies the attention of all layers, each half attention and half residual"
                    + " (Abnar and Zuidema 2020); last takes that of the last layer alone. Both are"
                    + " averages over the heads, and followed back from what the classifier head"
                    + " reads: the class token, or the average of the patches, or attention"
                    + " pooling.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail export --model runs/photos --with-attention --out photos.onnx",
            "  vitrail explain --model photos.onnx photo.jpg --out maps"
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    private static final int LONGEST_NAME = 200;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE.onnx",
            description = "A model that was exported --with-attention.")
    private Path model;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Images, or folders of them.")
    private List<Path> paths;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where the pictures are made; a new or empty folder.")
    private Path out;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "rollout",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Attention.Method method;

    @Option(
            names = "--alpha",
            paramLabel = "PART",
            defaultValue = "0.6",
            description =
                    "How much the map covers the image, from 0 (not at all) to 1. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double alpha;

    @Mixin private SessionOptions session;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    ExplainCommand(Console console) {
        this.console = console;
    }

    /** One picture and what the network said. */
    private record Row(Path image, Path picture, Prediction prediction, AttentionMap map) {}

    @Override
    public Integer call() {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw Failure.wrongUse("--alpha is " + alpha + ", must be from 0 to 1");
        }
        Arguments.existingFile("--model", model);
        paths.forEach(path -> Arguments.existing("PATH", path));
        Arguments.newFolder("--out", out);
        try (Classifier classifier = Classifier.open(model, session.config())) {
            if (classifier.attentionOutputs().isEmpty()) {
                throw Failure.wrongUse(
                        "--model "
                                + model
                                + ": hands out no attention weights; export it again, vitrail"
                                + " export --with-attention");
            }
            ImageFiles files = ImageFiles.find(paths);
            if (files.size() == 0) {
                throw Failure.wrongUse(paths.get(0) + ": holds no image");
            }
            makeFolder();
            List<Row> rows = rows(classifier, files);
            if (json) {
                console.json(Map.of("pictures", rows.stream().map(this::object).toList()));
            }
            return (rows.size() == files.size() ? ExitCode.DONE : ExitCode.FAILED).code();
        }
    }

    private void makeFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw Failure.failed("--out " + out + ": cannot be made: " + SystemReason.of(e), e);
        }
    }

    private List<Row> rows(Classifier classifier, ImageFiles files) {
        List<Row> rows = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.path(i);
            try {
                RgbImage image =
                        ImageDecoder.decode(
                                file, classifier.card().preprocessing().decodeOptions());
                Row row = row(classifier, image, file, out.resolve(name(files, i, taken)));
                rows.add(row);
                if (!json) {
                    console.print(row.picture() + ": " + words(row.prediction()));
                }
            } catch (ImageException e) {
                console.warn("left out: " + e.getMessage());
            }
        }
        return rows;
    }

    private Row row(Classifier classifier, RgbImage image, Path file, Path picture) {
        Explanation explanation = classifier.explain(image);
        AttentionMap map = explanation.attention().map(method);
        byte[] png =
                new AttentionPicture(
                                classifier.card().preprocessing().image(classifier.pixels(image)),
                                map,
                                alpha)
                        .png(words(explanation.prediction()) + ", " + method);
        try {
            AtomicFile.write(picture, png);
        } catch (IOException e) {
            throw Failure.failed(picture + ": cannot be written: " + SystemReason.of(e), e);
        }
        return new Row(file, picture, explanation.prediction(), map);
    }

    /**
     * Below a folder the path in it, otherwise the file's name; a name that is taken is numbered.
     */
    private String name(ImageFiles files, int index, Set<String> taken) {
        boolean oneFolder = paths.size() == 1 && Files.isDirectory(paths.get(0));
        String name = oneFolder ? files.name(index) : files.path(index).getFileName().toString();
        String stem = cut(name.replace('/', '-').replaceFirst("\\.[^.]*$", ""));
        String free = stem;
        for (int i = 2; !taken.add(free); i++) {
            free = stem + "-" + i;
        }
        return free + ".png";
    }

    /** Below the 255 bytes that file systems allow, with room for a number and an ending. */
    private static String cut(String stem) {
        int end = stem.length();
        while (stem.substring(0, end).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            end = stem.offsetByCodePoints(end, -1);
        }
        return stem.substring(0, end);
    }

    private static String words(Prediction prediction) {
        if (prediction instanceof Prediction.Classified classified) {
            Prediction.RankedLabel best = classified.best();
            return String.format(Locale.ROOT, "%s %.1f %%", best.label(), 100 * best.probability());
        }
        return ((Prediction.Failed) prediction).message();
    }

    private Map<String, Object> object(Row row) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("image", row.image().toString());
        object.put("picture", row.picture().toString());
        if (row.prediction() instanceof Prediction.Classified classified) {
            object.put("label", classified.best().label());
            object.put("probability", classified.best().probability());
        }
        object.put("method", method.toString());
        object.put("grid", List.of(row.map().height(), row.map().width()));
        object.put("shares", row.map().shares());
        return object;
    }
}
