package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.data.UnreadableImage;
import dev.vitrail.zoo.train.EpochResult;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Shows a training while it runs: what it will do, a bar, a line an epoch, and a page. */
final class TrainingDisplay implements TrainingListener {
    private final Console console;
    private final Path folder;
    private dev.vitrail.cli.Progress bar;
    private Plan plan;
    private String validation = "";
    private boolean strict;

    private TrainingDisplay(Console console, Path folder) {
        this.console = console;
        this.folder = folder;
    }

    /** Trains, and stops after the running step at Ctrl-C or SIGTERM. */
    static Training.Result run(Console console, ModelConfig config, Training.Options options) {
        TrainingDisplay display = new TrainingDisplay(console, options.out());
        Training training = new Training(config, options, display);
        Signals.onStop(training::stop);
        try {
            Training.Result result = training.run();
            result.best()
                    .ifPresent(
                            best ->
                                    TrainingPage.of(result.run())
                                            .withThumbnails(
                                                    options.validation().orElse(options.data()),
                                                    result.run()
                                                            .config()
                                                            .preprocessing()
                                                            .decodeOptions())
                                            .write(result.run().reportFile()));
            return result;
        } finally {
            if (display.bar != null) {
                display.bar.close();
            }
        }
    }

    @Override
    public void onStart(Plan start) {
        plan = start;
        console.note(
                String.format(
                        Locale.ROOT,
                        "training %,d parameters on %d images%s, %d to validate, %d epochs, %s",
                        start.parameters(),
                        start.trainingImages(),
                        start.classes().isEmpty()
                                ? " without labels"
                                : " of " + start.classes().size() + " classes",
                        start.validationImages(),
                        start.epochs(),
                        start.device()));
        bar = console.progress("train", start.steps(), "steps");
    }

    @Override
    public void onTransfer(List<String> fresh, List<String> unused) {
        console.note(
                fresh.isEmpty()
                        ? "all weights are taken over"
                        : "drawn anew: "
                                + String.join(", ", fresh)
                                + "; all other weights are taken over");
        if (!unused.isEmpty()) {
            console.note("not used: " + String.join(", ", unused));
        }
    }

    @Override
    public void onStep(Progress step) {
        bar.update(
                step.step(),
                String.format(
                        Locale.ROOT,
                        "epoch %d/%d, loss %.3f, rate %.2g%s, %.0f images/s",
                        step.epoch(),
                        plan.epochs(),
                        step.loss(),
                        step.learningRate(),
                        validation,
                        step.imagesPerSecond()));
    }

    @Override
    public void onEpoch(EpochResult result, boolean best) {
        if (result.valTop1() != null) {
            validation = String.format(Locale.ROOT, ", val %.1f %%", 100 * result.valTop1());
        }
        bar.say(
                "epoch "
                        + result.epoch()
                        + "/"
                        + plan.epochs()
                        + ": "
                        + figures(result)
                        + (best ? ", best so far" : ""));
        // Thumbnails take time, and the next epoch may have other mistakes.
        Run run = Run.open(folder);
        TrainingPage.of(run).write(run.reportFile());
    }

    @Override
    public void onCheck(int pictures) {
        strict = true;
        console.note("decoding " + pictures + " pictures to know that all are sound");
    }

    @Override
    public void onShared(int shared, int all) {
        console.warn(shared(shared, all));
    }

    /** Of photos that are learnt from and validated with. */
    static String shared(int shared, int all) {
        return shared
                + " of "
                + all
                + " validation photos are training photos too: the figures flatter";
    }

    @Override
    public void onBesides(List<Path> pictures) {
        int count = pictures.size();
        console.warn(
                (count == 1
                                ? "1 picture beside the class folders has no label and is"
                                : count
                                        + " pictures beside the class folders have no label and"
                                        + " are")
                        + " left out: "
                        + pictures.get(0)
                        + (count == 1 ? "" : " and others"));
    }

    @Override
    public void onUnreadable(UnreadableImage image) {
        String line = "warning: " + (strict ? "" : "left out: ") + image.cause().getMessage();
        if (bar == null) {
            console.note(line);
        } else {
            bar.say(line);
        }
    }

    /** The figures of an epoch for people; accuracies only where labels are looked at. */
    static String figures(EpochResult epoch) {
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "loss %.3f", epoch.trainLoss()));
        append(line, ", training accuracy %.1f %%", percent(epoch.trainAccuracy()));
        append(line, ", validation loss %.3f", epoch.valLoss());
        append(line, ", accuracy %.1f %%", percent(epoch.valTop1()));
        append(line, " (without averaging %.1f %%)", percent(epoch.valTop1Raw()));
        return line.toString();
    }

    /**
     * How long a training took, and for how much of it the network had no pictures to learn from.
     */
    static String time(List<EpochResult> history) {
        double seconds = history.stream().mapToDouble(EpochResult::seconds).sum();
        double waiting = history.stream().mapToDouble(EpochResult::secondsWaiting).sum();
        return String.format(
                        Locale.ROOT,
                        seconds < 120 ? "%1$.1f s" : "%2$.1f min",
                        seconds,
                        seconds / 60)
                + String.format(
                        Locale.ROOT,
                        ", %.1f %% of it waiting for pictures",
                        100 * waiting / seconds);
    }

    private static Double percent(Double share) {
        return share == null ? null : Double.valueOf(100 * share);
    }

    private static void append(StringBuilder line, String format, Double value) {
        if (value != null) {
            line.append(String.format(Locale.ROOT, format, value));
        }
    }
}
