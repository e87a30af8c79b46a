package dev.vitrail.zoo.train;

import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.augment.Augmentation;
import dev.vitrail.imaging.augment.RandomFlip;
import dev.vitrail.imaging.augment.RandomResizedCrop;
import dev.vitrail.zoo.config.Augmentations;
import dev.vitrail.zoo.data.PictureCache;
import dev.vitrail.zoo.data.SampleReader;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Training pictures with their random changes. Where the config asks for a random resized crop, it
 * takes the place of the preprocessing's resize and crop; where it does not, those are done once
 * and kept.
 */
final class TrainingSamples implements SampleReader {

    private final Preprocessing preprocessing;
    private final Augmentation augmentation;
    private final PictureCache cache;

    TrainingSamples(Preprocessing preprocessing, Augmentations changes, long cacheBytes) {
        this.preprocessing = preprocessing;
        List<Augmentation> steps = new ArrayList<>();
        changes.randomResizedCrop()
                .ifPresent(
                        crop ->
                                steps.add(
                                        new RandomResizedCrop(
                                                preprocessing.outputHeight(),
                                                preprocessing.outputWidth(),
                                                crop.minimumScale(),
                                                crop.maximumScale(),
                                                crop.minimumRatio(),
                                                crop.maximumRatio(),
                                                preprocessing.cropInterpolation())));
        UnaryOperator<RgbImage> preparation =
                steps.isEmpty() ? preprocessing::prepare : UnaryOperator.identity();
        if (changes.horizontalFlip() > 0) {
            steps.add(new RandomFlip(RandomFlip.Axis.HORIZONTAL, changes.horizontalFlip()));
        }
        this.augmentation = Augmentation.sequence(steps);
        this.cache = new PictureCache(preprocessing.decodeOptions(), preparation, cacheBytes);
    }

    PictureCache cache() {
        return cache;
    }

    @Override
    public void read(Path file, RandomGenerator random, FloatBuffer target) throws ImageException {
        RgbImage picture = cache.read(file);
        preprocessing.finish(augmentation.apply(picture, random), target);
    }
}
