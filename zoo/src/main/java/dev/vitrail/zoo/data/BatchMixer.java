package dev.vitrail.zoo.data;

import dev.vitrail.zoo.config.Mixing;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * MixUp and CutMix over a batch, by timm's definition: an image's partner is the one at the same
 * place of the batch read backwards, and a share counts what a box leaves after it was cut off at
 * the image's edges. Images are mixed as the network is fed them, after normalisation.
 *
 * @param mixing how often and how much
 * @param height rows of an image
 * @param width columns of an image
 */
public record BatchMixer(Mixing mixing, int height, int width) {

    /** What a draw says: the share that an image keeps, and whether a box takes the rest. */
    record Draw(double share, boolean cuts) {
        static final Draw NOTHING = new Draw(1, false);
    }

    /** Rows and columns that come from the partner; the ends are not among them. */
    record Cut(int top, int bottom, int left, int right) {}

    /**
     * Mixes a batch in place.
     *
     * @param pixels {@code [size, 3, height, width]} from position 0 on
     * @param size images
     * @param random where the choices come from
     * @return for each image the share of it that is its own
     */
    float[] mix(FloatBuffer pixels, int size, RandomGenerator random) {
        float[] shares = new float[size];
        Arrays.fill(shares, 1);
        switch (mixing.mode()) {
            case BATCH -> {
                Draw draw = draw(random);
                Cut cut = draw.cuts() ? cut(draw.share(), random) : null;
                for (int first = 0; first < (size + 1) / 2; first++) {
                    exchange(pixels, first, size - 1 - first, draw, cut, shares);
                }
            }
            case PAIR -> {
                for (int first = 0; first < size / 2; first++) {
                    Draw draw = draw(random);
                    Cut cut = draw.cuts() ? cut(draw.share(), random) : null;
                    exchange(pixels, first, size - 1 - first, draw, cut, shares);
                }
            }
            case ELEMENT -> mixEach(pixels, size, random, shares);
        }
        return shares;
    }

    private void exchange(
            FloatBuffer pixels, int first, int second, Draw draw, Cut cut, float[] shares) {
        float[] one = read(pixels, first);
        float[] other = read(pixels, second);
        shares[first] = change(pixels, first, one, other, draw, cut);
        shares[second] = change(pixels, second, other, one, draw, cut);
    }

    private void mixEach(FloatBuffer pixels, int size, RandomGenerator random, float[] shares) {
        for (int first = 0; first < (size + 1) / 2; first++) {
            int second = size - 1 - first;
            float[] one = read(pixels, first);
            float[] other = read(pixels, second);
            shares[first] = changeByItself(pixels, first, one, other, random);
            if (second != first) {
                shares[second] = changeByItself(pixels, second, other, one, random);
            }
        }
    }

    private float changeByItself(
            FloatBuffer pixels, int index, float[] own, float[] partner, RandomGenerator random) {
        Draw draw = draw(random);
        Cut cut = draw.cuts() ? cut(draw.share(), random) : null;
        return change(pixels, index, own, partner, draw, cut);
    }

    /** Writes one image and gives the share of it that is its own. */
    float change(FloatBuffer pixels, int index, float[] own, float[] partner, Draw draw, Cut cut) {
        if (draw.share() == 1) {
            return 1;
        }
        int start = index * own.length;
        if (cut == null) {
            float share = (float) draw.share();
            float rest = (float) (1 - draw.share());
            for (int i = 0; i < own.length; i++) {
                pixels.put(start + i, own[i] * share + partner[i] * rest);
            }
            return share;
        }
        int channels = own.length / (height * width);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = cut.top(); y < cut.bottom(); y++) {
                int from = (channel * height + y) * width + cut.left();
                pixels.put(start + from, partner, from, cut.right() - cut.left());
            }
        }
        return (float) kept(cut);
    }

    private float[] read(FloatBuffer pixels, int index) {
        float[] image = new float[3 * height * width];
        pixels.get(index * image.length, image);
        return image;
    }

    private Draw draw(RandomGenerator random) {
        if (random.nextDouble() >= mixing.probability()) {
            return Draw.NOTHING;
        }
        boolean both = mixing.mixupAlpha() > 0 && mixing.cutmixAlpha() > 0;
        boolean cuts =
                both ? random.nextDouble() < mixing.switchProbability() : mixing.cutmixAlpha() > 0;
        double alpha = cuts ? mixing.cutmixAlpha() : mixing.mixupAlpha();
        return new Draw(Beta.symmetric(alpha, random), cuts);
    }

    private Cut cut(double share, RandomGenerator random) {
        return cut(share, random.nextInt(height), random.nextInt(width));
    }

    /** The box about a centre that would leave the share, cut off at the edges. */
    Cut cut(double share, int row, int column) {
        double side = Math.sqrt(1 - share);
        int rows = (int) (height * side);
        int columns = (int) (width * side);
        int top = row - rows / 2;
        int left = column - columns / 2;
        return new Cut(
                Math.max(0, top),
                Math.min(height, top + rows),
                Math.max(0, left),
                Math.min(width, left + columns));
    }

    /** The share of an image's area that lies outside a box. */
    double kept(Cut cut) {
        long area = (long) (cut.bottom() - cut.top()) * (cut.right() - cut.left());
        return 1 - area / ((double) height * width);
    }
}
