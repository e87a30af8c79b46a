package dev.vitrail.cli;

import ai.djl.Device;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.probe.Accuracy;
import dev.vitrail.zoo.probe.Probe;
import dev.vitrail.zoo.probe.ProbeResult;
import dev.vitrail.zoo.train.Features;
import dev.vitrail.zoo.train.Loading;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.TrainingDevice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail probe}: how good a run's features are, without training it any further. */
@Command(
        name = "probe",
        header = "Measure what an encoder has learnt: nearest neighbours, linear probe.",
        description = {
            "%nEvery photo becomes a vector: what a classifier head reads, behind the config's"
                + " pooling and its norm; --pooling takes another one, without what the config has"
                + " between its own and the head. Of a run of 'vitrail pretrain', which has no"
                + " head, it is the encoder's final norm and then that pooling (the mean of the"
                + " patches where the config pools by attention, which was not trained). The"
                + " encoder stays as it is.",
            "knn: the k most similar training photos vote, with weights exp(cosine similarity /"
                    + " temperature), as in DINO's eval_knn.py.",
            "linear: logistic regression on the standardised vectors, solved to its optimum. The"
                    + " strength of its L2 regularisation is chosen on a fifth of the training"
                    + " photos, never on the validation photos.%n"
        },
        footer = {
            "",
            "Examples:",
            "  vitrail probe --model runs/seen --data train --val val",
            "  vitrail probe --model runs/seen --data photos --method knn --k 5,10,20,100"
        },
        mixinStandardHelpOptions = true)
final class ProbeCommand implements Callable<Integer> {
    private static final int BATCH = 8;

    /** What the vectors are judged by. */
    enum Method {
        KNN,
        LINEAR,
        BOTH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How the tokens of a photo become its vector. */
    enum Tokens {
        AUTO(null),
        TOKEN(Pooling.TOKEN),
        MEAN(Pooling.MEAN);

        private final Pooling pooling;

        Tokens(Pooling pooling) {
            this.pooling = pooling;
        }

        Architecture architecture(Run run) {
            return pooling == null ? run.encoderArchitecture() : run.encoderArchitecture(pooling);
        }

        Network encoder(Run run, Device device) {
            return pooling == null ? run.encoder(device) : run.encoder(device, pooling);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--model",
            required = true,
            paramLabel = "RUN",
            description = "A run folder of 'vitrail pretrain', 'train' or 'import'.")
    private Path model;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|CSV",
            description = "Training photos, one folder a class, or a CSV of paths and labels.")
    private Path data;

    @Option(
            names = "--val",
            paramLabel = "DIR|CSV",
            description =
                    "Validation photos, classes named as in --data. Without it a share of --data is"
                            + " held back, the same as 'vitrail train' does with the run's config.")
    private Path validation;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "both",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Method method;

    @Option(
            names = "--pooling",
            paramLabel = "WHAT",
            defaultValue = "auto",
            description =
                    "${COMPLETION-CANDIDATES}: what the config pools, the class token, the mean of"
                            + " the patches. Default: ${DEFAULT-VALUE}.")
    private Tokens pooling;

    @Option(
            names = "--k",
            paramLabel = "N,N",
            split = ",",
            defaultValue = "" + Probe.Options.NEIGHBOURS,
            description =
                    "Neighbours that vote; several give a row each. Default: ${DEFAULT-VALUE}.")
    private List<Integer> neighbours;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "" + Probe.Options.TEMPERATURE,
            description = "Of their votes. Default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(
            names = "--l2",
            paramLabel = "LAMBDA",
            description =
                    "Strength of the linear probe's regularisation: lambda / 2 times the squared"
                            + " weights beside the mean loss. Default: chosen.")
    private Double lambda;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Which photos are held back. Default: the config's.")
    private Long seed;

    @Option(
            names = "--device",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description =
                    "Where the encoder computes: ${COMPLETION-CANDIDATES}. Default:"
                            + " ${DEFAULT-VALUE}.")
    private TrainingDevice device;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    ProbeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        checkNumbers();
        Arguments.existingFolder("--model", model);
        Arguments.pictures("--data", data);
        if (validation != null) {
            Arguments.pictures("--val", validation);
        }
        Run run = Run.open(model);
        long random = seed == null ? run.config().training().seed() : seed;
        Architecture architecture = pooling.architecture(run);
        ImageFolder.Split photos = photos(run, random);
        int images = photos.training().images().size();
        for (int k : used()) {
            if (k > images) {
                throw Failure.wrongUse(
                        "--k is "
                                + k
                                + ", must be at most the number of training photos, "
                                + images);
            }
        }
        Probe probe =
                new Probe(
                        new Probe.Options(
                                used(),
                                temperature,
                                method != Method.KNN,
                                lambda == null ? OptionalDouble.empty() : OptionalDouble.of(lambda),
                                random));
        ProbeResult result = judge(probe, run, photos);
        result.linear()
                .filter(linear -> !linear.converged())
                .ifPresent(
                        linear ->
                                console.warn(
                                        "the linear probe is not at its optimum: its gradient is "
                                                + linear.gradient()
                                                + "; a larger --l2 is easier to solve"));
        if (json) {
            console.json(object(run, architecture, photos, result));
        } else {
            print(architecture, result);
        }
        return ExitCode.DONE.code();
    }

    private void checkNumbers() {
        for (int k : used()) {
            if (k < 1) {
                throw Failure.wrongUse("--k is " + k + ", must be at least 1");
            }
        }
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw Failure.wrongUse("--temperature is " + temperature + ", must be above 0");
        }
        if (lambda != null && !(lambda > 0 && lambda < Double.POSITIVE_INFINITY)) {
            throw Failure.wrongUse("--l2 is " + lambda + ", must be above 0");
        }
    }

    private List<Integer> used() {
        return method == Method.LINEAR ? List.of() : neighbours;
    }

    private ImageFolder.Split photos(Run run, long random) {
        ImageFolder all = ImageFolder.read(data);
        if (validation != null) {
            ImageFolder val = ImageFolder.read(validation, all.classes());
            int shared = val.sharedWith(all);
            if (shared > 0) {
                console.warn(TrainingDisplay.shared(shared, val.images().size()));
            }
            return new ImageFolder.Split(all, val);
        }
        double share = run.config().training().validationSplit();
        if (share == 0) {
            throw Failure.wrongUse(
                    "--val is not given, and training.validation_split of the run's config is 0:"
                            + " there are no validation photos");
        }
        return all.split(share, random);
    }

    private ProbeResult judge(Probe probe, Run run, ImageFolder.Split photos) {
        Features training;
        Features val;
        int images = photos.training().images().size() + photos.validation().images().size();
        try (Network encoder = pooling.encoder(run, device.resolve());
                Progress progress = console.progress("features", images, "images")) {
            AtomicInteger done = new AtomicInteger();
            training = features(encoder, run, photos.training(), progress, done);
            val = features(encoder, run, photos.validation(), progress, done);
        }
        if (probe.fits() == 0) {
            return probe.run(training, val, () -> {});
        }
        try (Progress progress = console.progress("linear probe", probe.fits(), "fits")) {
            AtomicInteger done = new AtomicInteger();
            return probe.run(training, val, () -> progress.update(done.incrementAndGet(), ""));
        }
    }

    private Features features(
            Network encoder, Run run, ImageFolder folder, Progress progress, AtomicInteger done) {
        return Features.of(
                encoder,
                folder,
                run.config().preprocessing(),
                Loading.of(BATCH),
                image -> progress.say("warning: left out: " + image.cause().getMessage()),
                batch -> progress.update(done.addAndGet(batch), ""));
    }

    private void print(Architecture architecture, ProbeResult result) {
        TextTable table = new TextTable("method", "top-1 %", "top-5 %", "right", "images", "with");
        for (ProbeResult.Neighbours vote : result.neighbours()) {
            row(
                    table,
                    "k-NN",
                    vote.accuracy(),
                    "k " + vote.k() + ", temperature " + vote.temperature());
        }
        result.linear()
                .ifPresent(
                        linear ->
                                row(
                                        table,
                                        "linear",
                                        linear.accuracy(),
                                        String.format(Locale.ROOT, "l2 %.1e", linear.lambda())
                                                + chosen(linear)));
        table.lines().forEach(console::print);
        console.print("");
        console.print(
                String.format(
                        Locale.ROOT,
                        "%d features (pool %s) of %d training and %d validation photos",
                        result.features(),
                        architecture.pooling().id(),
                        result.training(),
                        result.validation()));
    }

    private static String chosen(ProbeResult.Linear linear) {
        return linear.heldBackTop1().isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (%.2f %% of %d training photos held back)",
                        100 * linear.heldBackTop1().getAsDouble(),
                        linear.heldBack());
    }

    private static void row(TextTable table, String name, Accuracy accuracy, String with) {
        table.row(
                name,
                percent(accuracy.top1()),
                accuracy.top5().isPresent() ? percent(accuracy.top5().getAsDouble()) : "-",
                Integer.toString(accuracy.correct()),
                Integer.toString(accuracy.images()),
                with);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private Map<String, Object> object(
            Run run, Architecture architecture, ImageFolder.Split photos, ProbeResult result) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model.toString());
        object.put("pretrained_without_labels", run.config().pretraining().isPresent());
        object.put("pool", architecture.pooling().id());
        object.put("classes", photos.training().classes());
        object.put("features", result.features());
        object.put("training_images", result.training());
        object.put("validation_images", result.validation());
        object.put(
                "unreadable",
                photos.training().images().size()
                        + photos.validation().images().size()
                        - result.training()
                        - result.validation());
        object.put(
                "knn",
                result.neighbours().stream()
                        .map(
                                vote -> {
                                    Map<String, Object> row = new LinkedHashMap<>();
                                    row.put("k", vote.k());
                                    row.put("temperature", vote.temperature());
                                    put(row, vote.accuracy());
                                    return row;
                                })
                        .toList());
        result.linear()
                .ifPresent(
                        linear -> {
                            Map<String, Object> row = new LinkedHashMap<>();
                            row.put("l2", linear.lambda());
                            linear.heldBackTop1()
                                    .ifPresent(
                                            top1 -> {
                                                row.put("held_back_images", linear.heldBack());
                                                row.put("held_back_top1", top1);
                                            });
                            put(row, linear.accuracy());
                            row.put("loss", linear.loss());
                            row.put("gradient", linear.gradient());
                            row.put("converged", linear.converged());
                            object.put("linear", row);
                        });
        return object;
    }

    private static void put(Map<String, Object> row, Accuracy accuracy) {
        row.put("top1", accuracy.top1());
        accuracy.top5().ifPresent(top5 -> row.put("top5", top5));
        row.put("correct", accuracy.correct());
    }
}
