package dev.vitrail.zoo.data;

import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The order in which an epoch goes through the training images. An epoch has as many samples as
 * there are images, also where each image is repeated: it then sees fewer images.
 */
public final class SampleOrder {

    /** A negative purpose: seeds addressed by steps, epochs or images never meet it. */
    private static final long ORDER = -1;

    private final int images;
    private final List<List<Integer>> classes;
    private final boolean balanced;
    private final int repeats;

    /**
     * Prepares the orders of a set.
     *
     * @param folder the images
     * @param balanced whether each sample is drawn anew, its class being any with the same
     *     probability, as PyTorch's {@code WeightedRandomSampler} does it with replacement and
     *     weights of inverse frequency; otherwise no image is drawn twice
     * @param repeats how many samples in a row are the same image, which {@link BatchLoader}
     *     augments otherwise each time: repeated augmentation (Hoffer et al. 2020), as timm's
     *     {@code RepeatAugSampler} has it on one device. The epoch ends after as many samples as
     *     there are images; timm's cut to a multiple of 256, made for batches over many devices, is
     *     not applied, because small sets would lose much of an epoch by it
     */
    public SampleOrder(ImageFolder folder, boolean balanced, int repeats) {
        if (repeats < 1) {
            throw new IllegalArgumentException("repeats is " + repeats + ", must be at least 1");
        }
        List<LabelledImage> list = folder.images();
        this.images = list.size();
        this.balanced = balanced;
        this.repeats = repeats;
        this.classes =
                List.copyOf(
                        IntStream.range(0, images)
                                .boxed()
                                .collect(
                                        Collectors.groupingBy(
                                                index -> list.get(index).label(),
                                                TreeMap::new,
                                                Collectors.toList()))
                                .values());
    }

    /**
     * Returns the order of an epoch.
     *
     * @param seed the run's seed
     * @param epoch the pass over the images
     * @return indexes into the images, as many as there are
     */
    public int[] of(long seed, long epoch) {
        RandomGenerator random = Seeds.random(seed, ORDER, epoch);
        int[] once =
                balanced
                        ? IntStream.generate(() -> drawn(random)).limit(images).toArray()
                        : Seeds.permutation(images, random);
        return IntStream.range(0, images).map(i -> once[i / repeats]).toArray();
    }

    private int drawn(RandomGenerator random) {
        List<Integer> members = classes.get(random.nextInt(classes.size()));
        return members.get(random.nextInt(members.size()));
    }
}
