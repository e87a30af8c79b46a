package dev.vitrail.zoo.train;

import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.augment.Augmentation;
import dev.vitrail.imaging.augment.Grayscale;
import dev.vitrail.imaging.augment.RandomBlur;
import dev.vitrail.imaging.augment.RandomErasing;
import dev.vitrail.imaging.augment.RandomFlip;
import dev.vitrail.imaging.augment.RandomFlip.Axis;
import dev.vitrail.imaging.augment.RandomResizedCrop;
import dev.vitrail.zoo.config.Augmentations;
import dev.vitrail.zoo.data.PictureCache;
import dev.vitrail.zoo.data.SampleReader;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Training pictures with their random changes. Where the config asks for a random resized crop, it
 * takes the place of the preprocessing's resize and crop; where it does not, those are done once
 * and kept.
 */
public final class TrainingSamples implements SampleReader {

    private final Preprocessing preprocessing;
    private final Augmentation augmentation;
    private final Optional<RandomErasing> erasing;
    private final PictureCache cache;

    /**
     * Prepares the changes of a config.
     *
     * @param preprocessing how a picture becomes the network's input
     * @param changes what is done at random
     * @param cacheBytes bytes of decoded pixels that may stay in memory
     */
    public TrainingSamples(Preprocessing preprocessing, Augmentations changes, long cacheBytes) {
        this.preprocessing = preprocessing;
        this.erasing = changes.randomErasing();
        List<Augmentation> steps = new ArrayList<>();
        changes.randomResizedCrop().ifPresent(crop -> steps.add(crop(crop, preprocessing)));
        UnaryOperator<RgbImage> preparation =
                steps.isEmpty() ? preprocessing::prepare : UnaryOperator.identity();
        steps.add(new RandomFlip(Axis.HORIZONTAL, changes.horizontalFlip()));
        steps.add(new RandomFlip(Axis.VERTICAL, changes.verticalFlip()));
        changes.rotation().ifPresent(steps::add);
        changes.affine().ifPresent(steps::add);
        changes.autoAugment()
                .ifPresent(policy -> steps.add(Augmentations.policy(policy, mean(preprocessing))));
        changes.colorJitter().ifPresent(steps::add);
        if (changes.grayscale() > 0) {
            steps.add(new Grayscale().sometimes(changes.grayscale()));
        }
        if (changes.gaussianBlur() > 0) {
            steps.add(new RandomBlur(0.1, 2).sometimes(changes.gaussianBlur()));
        }
        this.augmentation = Augmentation.sequence(steps);
        this.cache = new PictureCache(preprocessing.decodeOptions(), preparation, cacheBytes);
    }

    private static Augmentation crop(
            Augmentations.RandomResizedCrop crop, Preprocessing preprocessing) {
        return new RandomResizedCrop(
                preprocessing.outputHeight(),
                preprocessing.outputWidth(),
                crop.minimumScale(),
                crop.maximumScale(),
                crop.minimumRatio(),
                crop.maximumRatio(),
                preprocessing.cropInterpolation());
    }

    /** What RandAugment fills with, as timm does: the colour that becomes 0. */
    private static List<Integer> mean(Preprocessing preprocessing) {
        return preprocessing.mean().stream()
                .map(mean -> (int) Math.max(0, Math.min(255, Math.rint(255 * mean))))
                .toList();
    }

    PictureCache cache() {
        return cache;
    }

    @Override
    public void read(Path file, RandomGenerator random, FloatBuffer target) throws ImageException {
        int start = target.position();
        preprocessing.finish(augmentation.apply(cache.read(file), random), target);
        erasing.ifPresent(
                boxes ->
                        boxes.erase(
                                target,
                                start,
                                preprocessing.outputHeight(),
                                preprocessing.outputWidth(),
                                random));
    }
}
