package dev.vitrail.cli;

import dev.vitrail.imaging.ContactSheet;
import dev.vitrail.imaging.ContactSheet.Cell;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.zoo.config.Augmentations;
import dev.vitrail.zoo.config.Mixing;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.ClassBalance;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.BatchMixer;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.SampleOrder;
import dev.vitrail.zoo.data.Seeds;
import dev.vitrail.zoo.data.SoftTargets;
import dev.vitrail.zoo.train.TrainingSamples;
import dev.vitrail.zoo.weights.AtomicFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail augment}: what the network sees of training photos, to look at. */
@Command(
        name = "augment",
        header = "Draw a sheet of augmented training photos to look at.",
        description = {
            "%nA row for each photo: as it is for classification, then as the network sees it in"
                + " the first epochs that have it, with everything that training.augmentation says."
                + " Where the config mixes images, mixed batches with their labels follow.%n"
        },
        footer = {
            "",
            "Example:",
            "  vitrail augment --config mine.json --data photos --out sheet.png%n"
        },
        mixinStandardHelpOptions = true)
final class AugmentCommand implements Callable<Integer> {
    private static final int COLUMNS = 8;
    private static final int MOST_ROWS = 100;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|CONFIG",
            description = "A config file, or the name of one that ships ('vitrail zoo list').")
    private String config;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|CSV",
            description = "Training photos, one folder a class, or a CSV of paths and labels.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "FILE.png", description = "The sheet.")
    private Path out;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "6",
            description = "Photos, taken evenly from all. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Everything random. Default: the config's.")
    private Long seed;

    @Option(names = "--overwrite", description = "Replace the sheet if there is one already.")
    private boolean overwrite;

    private final Console console;

    AugmentCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (count < 1 || count > MOST_ROWS) {
            throw Failure.wrongUse("--count is " + count + ", must be 1 to " + MOST_ROWS);
        }
        Arguments.pictures("--data", data);
        if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw Failure.wrongUse("--out " + out + ": must end in .png");
        }
        Arguments.newFile("--out", out, overwrite);
        ModelConfig model = Configs.read(config);
        ImageFolder folder = ImageFolder.read(data);
        TrainingConfig training = model.training();
        Preprocessing preprocessing = model.preprocessing();
        long random = seed == null ? training.seed() : seed;
        ContactSheet sheet =
                new ContactSheet(preprocessing.outputHeight(), preprocessing.outputWidth());
        int[] chosen = chosen(folder.images().size());
        TrainingSamples samples =
                new TrainingSamples(preprocessing, training.augmentation(), Long.MAX_VALUE);
        List<List<Cell>> rows = rows(folder, chosen, samples, model, random);
        sheet.add("As it is, then augmented", rows);
        training.augmentation()
                .mixing()
                .ifPresent(
                        mixing ->
                                sheet.add(
                                        "Mixed, with the labels that are learnt",
                                        mixed(folder, samples, model, mixing, random)));
        byte[] png = sheet.png();
        try {
            AtomicFile.write(out, png);
        } catch (IOException e) {
            throw Failure.failed(out + ": cannot be written: " + SystemReason.of(e), e);
        }
        console.print(
                String.format(
                        Locale.ROOT,
                        "%s: %d photos of %d classes",
                        out,
                        rows.size(),
                        folder.classes().size()));
        return ExitCode.DONE.code();
    }

    private int[] chosen(int images) {
        int rows = Math.min(count, images);
        return IntStream.range(0, rows).map(i -> (int) ((long) i * images / rows)).toArray();
    }

    private List<List<Cell>> rows(
            ImageFolder folder,
            int[] chosen,
            TrainingSamples samples,
            ModelConfig model,
            long seed) {
        Preprocessing preprocessing = model.preprocessing();
        int repeats = model.training().augmentation().repeats();
        long images = folder.images().size();
        TrainingSamples plain = new TrainingSamples(preprocessing, Augmentations.NONE, 0);
        List<List<Cell>> rows = new ArrayList<>();
        for (int index : chosen) {
            LabelledImage image = folder.images().get(index);
            List<Cell> row = new ArrayList<>();
            try {
                for (int column = 0; column < COLUMNS; column++) {
                    FloatBuffer pixels = FloatBuffer.allocate(floats(preprocessing));
                    TrainingSamples reader = column == 0 ? plain : samples;
                    // A photo that is repeated is seeded as the loader does it.
                    long epoch = (column + repeats - 1) / repeats;
                    long draw = index + images * Math.floorMod(column - 1, repeats);
                    reader.read(image.path(), Seeds.random(seed, epoch, draw), pixels);
                    List<String> words =
                            column == 0 ? List.of(folder.classes().get(image.label())) : List.of();
                    row.add(new Cell(seen(pixels, 0, preprocessing), words));
                }
                rows.add(row);
            } catch (ImageException e) {
                console.warn(e.getMessage());
            }
        }
        if (rows.isEmpty()) {
            throw Failure.failed(
                    "--data " + data + ": none of the " + chosen.length + " photos taken is sound");
        }
        return rows;
    }

    /** Two batches of one row each. */
    private List<List<Cell>> mixed(
            ImageFolder folder,
            TrainingSamples samples,
            ModelConfig model,
            Mixing mixing,
            long seed) {
        Preprocessing preprocessing = model.preprocessing();
        BatchMixer mixer =
                new BatchMixer(mixing, preprocessing.outputHeight(), preprocessing.outputWidth());
        SoftTargets targets =
                new SoftTargets(
                        folder.classes().size(),
                        model.training().labelSmoothing(),
                        List.of(),
                        Optional.of(mixer));
        int images = folder.images().size();
        boolean balanced = model.training().classBalance() == ClassBalance.SAMPLING;
        int repeats = model.training().augmentation().repeats();
        int[] order = new SampleOrder(folder, balanced, repeats).of(seed, 1);
        int[] first = IntStream.range(0, 2 * COLUMNS).map(i -> order[i % images]).toArray();
        List<List<Cell>> rows = new ArrayList<>();
        try (BatchLoader loader =
                        new BatchLoader(
                                samples,
                                floats(preprocessing),
                                COLUMNS,
                                1,
                                Optional.of(targets),
                                image -> console.warn(image.cause().getMessage()));
                Batches batches = loader.start(folder.images(), first, seed, 1)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    rows.add(cells(batch, folder.classes(), preprocessing));
                }
            }
        }
        return rows;
    }

    private static List<Cell> cells(
            Batch batch, List<String> classes, Preprocessing preprocessing) {
        FloatBuffer pixels = batch.pixels().asFloatBuffer();
        float[] targets = batch.targets();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            int row = i * classes.size();
            List<String> words =
                    IntStream.range(0, classes.size())
                            .boxed()
                            .sorted(Comparator.comparing(label -> -targets[row + label]))
                            .limit(2)
                            .map(
                                    label ->
                                            String.format(
                                                    Locale.ROOT,
                                                    "%.2f %s",
                                                    targets[row + label],
                                                    classes.get(label)))
                            .toList();
            cells.add(new Cell(seen(pixels, i * floats(preprocessing), preprocessing), words));
        }
        return cells;
    }

    private static int floats(Preprocessing preprocessing) {
        return 3 * preprocessing.outputHeight() * preprocessing.outputWidth();
    }

    /** What the network is fed, back as bytes: {@code value * std + mean}. */
    private static RgbImage seen(FloatBuffer pixels, int start, Preprocessing preprocessing) {
        int area = preprocessing.outputHeight() * preprocessing.outputWidth();
        byte[] bytes = new byte[3 * area];
        for (int channel = 0; channel < 3; channel++) {
            double mean = preprocessing.mean().get(channel);
            double std = preprocessing.std().get(channel);
            for (int i = 0; i < area; i++) {
                double share = pixels.get(start + channel * area + i) * std + mean;
                double level = share / preprocessing.rescaleFactor();
                bytes[3 * i + channel] = (byte) Math.max(0, Math.min(255, Math.rint(level)));
            }
        }
        return new RgbImage(preprocessing.outputWidth(), preprocessing.outputHeight(), bytes);
    }
}
