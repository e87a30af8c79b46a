package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vitrail.imaging.ContactSheet;
import dev.vitrail.imaging.ContactSheet.Cell;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.block.MaskedAutoencoder;
import dev.vitrail.zoo.block.PatchMask;
import dev.vitrail.zoo.config.Augmentations;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.PretrainingConfig;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.Seeds;
import dev.vitrail.zoo.data.SoftTargets;
import dev.vitrail.zoo.data.UnreadableImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Training without labels, as a masked autoencoder (He et al. 2022): most patches of a picture are
 * hidden, and their pixels guessed from the rest. Validation pictures have the same patches hidden
 * every time, so that their loss tells epochs apart.
 */
final class Reconstruction implements Objective<Autoencoder> {

    /** Negative purposes: seeds addressed by steps, epochs or images never meet them. */
    private static final long MASKS = -4;

    private static final long FIXED_MASKS = -5;

    private static final int MOST_DRAWN = 12;

    /** Pictures beside each other on a sheet, of which each takes three places. */
    private static final int DRAWN_IN_A_ROW = 2;

    private final ModelConfig config;
    private final PretrainingConfig pretraining;
    private final Optional<PlainPictures> validation;
    private final PlainPictures drawn;

    /**
     * Prepares the validation pictures.
     *
     * @param config with a pre-training
     * @param data what is learnt from
     * @param validation what is measured with, if anything
     * @param loading threads and memory
     * @param listener told of every validation picture that cannot be decoded
     */
    Reconstruction(
            ModelConfig config,
            ImageFolder data,
            Optional<ImageFolder> validation,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        this.config = config;
        pretraining = config.pretraining().orElseThrow();
        this.validation = validation.map(folder -> plain(folder, config, loading, listener));
        drawn =
                plain(
                        some(validation.orElse(data)),
                        config,
                        new Loading(MOST_DRAWN, 1, loading.cacheBytes()),
                        listener);
    }

    private static PlainPictures plain(
            ImageFolder folder,
            ModelConfig config,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        Preprocessing preprocessing = config.preprocessing();
        return new PlainPictures(
                folder, preprocessing, preprocessing.decodeOptions(), loading, listener);
    }

    /** Taken evenly from all. */
    private static ImageFolder some(ImageFolder folder) {
        long images = folder.images().size();
        int count = (int) Math.min(MOST_DRAWN, images);
        List<LabelledImage> chosen =
                IntStream.range(0, count)
                        .mapToObj(i -> folder.images().get((int) (i * images / count)))
                        .toList();
        return new ImageFolder(folder.source(), folder.classes(), chosen);
    }

    @Override
    public Autoencoder network(Device device, LoadedBlock.WeightSource weights) {
        MaskedAutoencoder block = new MaskedAutoencoder(config.model(), pretraining.decoder());
        return new Autoencoder(block, device, weights);
    }

    @Override
    public List<String> classes() {
        return List.of();
    }

    @Override
    public Augmentations augmentation() {
        return pretraining.augmentation();
    }

    @Override
    public Optional<SoftTargets> targets(ImageFolder data) {
        return Optional.empty();
    }

    @Override
    public Loss loss(Autoencoder network, NDManager scope, Batch batch, long number) {
        PatchMask mask =
                mask(batch.size(), i -> Seeds.random(config.training().seed(), MASKS, number, i));
        return new Loss(loss(network, scope, batch, mask, true), () -> 0);
    }

    private NDArray loss(
            Autoencoder network, NDManager scope, Batch batch, PatchMask mask, boolean training) {
        NDArray images = network.input(scope, batch.pixels(), batch.size());
        NDArray patches = network.block().patches(images);
        NDArray targets = pretraining.normalisePixels() ? PatchLoss.normalised(patches) : patches;
        return PatchLoss.mean(network.guess(images, mask, training), targets, mask.hidden(scope));
    }

    private PatchMask mask(int size, IntFunction<RandomGenerator> random) {
        int patches = Math.toIntExact(config.model().patches());
        List<int[]> orders =
                IntStream.range(0, size)
                        .mapToObj(i -> Seeds.permutation(patches, random.apply(i)))
                        .toList();
        return new PatchMask(orders, pretraining.visiblePatches(patches));
    }

    /** Of each picture the same patches every time. */
    private PatchMask fixedMask(Batch batch) {
        int[] indexes = batch.indexes();
        long seed = config.training().seed();
        return mask(batch.size(), i -> Seeds.random(seed, FIXED_MASKS, indexes[i]));
    }

    @Override
    public int validationImages() {
        return validation.map(pictures -> pictures.folder().images().size()).orElse(0);
    }

    @Override
    public Optional<Score> validate(Autoencoder network, Runnable check) {
        return validation
                .map(pictures -> mean(network, pictures, check))
                .map(loss -> new Score(loss, Optional.empty()));
    }

    private double mean(Autoencoder network, PlainPictures pictures, Runnable check) {
        double[] sums = new double[2];
        pictures.forEach(
                batch -> {
                    check.run();
                    sums[0] += batch.size() * fixedLoss(network, batch);
                    sums[1] += batch.size();
                });
        return sums[0] / sums[1];
    }

    private float fixedLoss(Autoencoder network, Batch batch) {
        return network.unrecorded(
                () -> {
                    try (NDManager scope = network.manager().newSubManager()) {
                        return loss(network, scope, batch, fixedMask(batch), false).getFloat();
                    }
                });
    }

    @Override
    public Optional<byte[]> picture(Autoencoder network, int epoch, boolean isLast) {
        int every = pretraining.pictureEpochs();
        if (every == 0 || epoch % every != 0 && !isLast) {
            return Optional.empty();
        }
        List<Cell> cells = new ArrayList<>();
        drawn.forEach(batch -> cells.addAll(cells(network, batch)));
        List<List<Cell>> rows = new ArrayList<>();
        int columns = 3 * DRAWN_IN_A_ROW;
        for (int from = 0; from < cells.size(); from += columns) {
            rows.add(cells.subList(from, Math.min(cells.size(), from + columns)));
        }
        ContactSheet sheet =
                new ContactSheet(config.model().imageHeight(), config.model().imageWidth());
        sheet.add("Epoch " + epoch, rows);
        return Optional.of(sheet.png());
    }

    /** Three for each picture of a batch. */
    private List<Cell> cells(Autoencoder network, Batch batch) {
        return network.unrecorded(
                () -> {
                    try (NDManager scope = network.manager().newSubManager()) {
                        PatchMask mask = fixedMask(batch);
                        MaskedAutoencoder block = network.block();
                        NDArray images = network.input(scope, batch.pixels(), batch.size());
                        NDArray patches = block.patches(images);
                        NDArray hidden = mask.hidden(scope).expandDims(2); // [B, N, 1]
                        NDArray seen = patches.sub(patches.mul(hidden));
                        NDArray guesses = network.guess(images, mask, false);
                        NDArray pixels =
                                pretraining.normalisePixels()
                                        ? PatchLoss.restored(guesses, patches)
                                        : guesses;
                        float[] whole = images.toFloatArray();
                        float[] masked = block.images(seen).toFloatArray();
                        float[] guessed = block.images(seen.add(pixels.mul(hidden))).toFloatArray();
                        List<Cell> cells = new ArrayList<>();
                        for (int i = 0; i < batch.size(); i++) {
                            cells.add(cell("picture", whole, i));
                            cells.add(cell("what is seen", masked, i));
                            cells.add(cell("what is guessed", guessed, i));
                        }
                        return cells;
                    }
                });
    }

    private Cell cell(String words, float[] images, int index) {
        int floats = Loading.sampleFloats(config.preprocessing());
        float[] one = Arrays.copyOfRange(images, index * floats, (index + 1) * floats);
        return new Cell(config.preprocessing().image(one), List.of(words));
    }

    @Override
    public void close() {
        validation.ifPresent(PlainPictures::close);
        drawn.close();
    }
}
