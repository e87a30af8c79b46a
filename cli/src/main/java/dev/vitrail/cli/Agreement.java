package dev.vitrail.cli;

import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.ImageFiles;
import dev.vitrail.runtime.Provider;
import dev.vitrail.runtime.SessionConfig;
import dev.vitrail.zoo.train.ImageLogits;
import dev.vitrail.zoo.train.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How far ONNX Runtime and DJL agree on real images, each prepared once and given to both.
 *
 * @param compared images that both classified
 * @param unreadable images that could not be decoded
 * @param same images whose likeliest class is the same
 * @param largestDifference of two logits
 * @param largestLogit the largest absolute logit of DJL
 * @param largestLevelDifference of two pixels, in levels of 0 to 255; 0 where both are fed the same
 *     pixels, and not where the file prepares them itself
 */
record Agreement(
        int compared,
        int unreadable,
        int same,
        double largestDifference,
        double largestLogit,
        double largestLevelDifference) {
    /** What float arithmetic leaves of no difference, in levels. */
    private static final double NO_LEVEL = 1e-3;

    static Agreement of(Path file, Network network, Path data, Console console) {
        SessionConfig cpu = SessionConfig.defaults().withProvider(Provider.CPU);
        ImageFiles files = ImageFiles.find(List.of(data));
        try (Classifier classifier = Classifier.open(file, cpu);
                Progress progress = console.progress("compare", files.size(), "images")) {
            Preprocessing preprocessing = classifier.card().preprocessing();
            int bytes =
                    Math.multiplyExact(
                            3 * Float.BYTES * preprocessing.outputHeight(),
                            preprocessing.outputWidth());
            ByteBuffer pixels = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            int compared = 0;
            int unreadable = 0;
            int same = 0;
            double largestDifference = 0;
            double largestLogit = 0;
            double largestLevel = 0;
            for (int i = 0; i < files.size(); i++) {
                RgbImage image;
                try {
                    image = ImageDecoder.decode(files.path(i), preprocessing.decodeOptions());
                } catch (ImageException e) {
                    unreadable++;
                    continue;
                }
                preprocessing.apply(image, pixels.asFloatBuffer());
                float[] ours = network.logits(pixels.duplicate().order(pixels.order()), 1)[0];
                float[] theirs = classifier.logits(image);
                if (classifier.card().takesBytes()) {
                    largestLevel =
                            Math.max(
                                    largestLevel,
                                    levels(
                                            preprocessing,
                                            pixels.asFloatBuffer(),
                                            classifier.pixels(image)));
                }
                if (ours.length != theirs.length) {
                    throw Failure.failed(
                            file + ": has " + theirs.length + " classes, the run " + ours.length);
                }
                for (int c = 0; c < ours.length; c++) {
                    largestDifference = Math.max(largestDifference, Math.abs(ours[c] - theirs[c]));
                    largestLogit = Math.max(largestLogit, Math.abs(ours[c]));
                }
                same += ImageLogits.best(ours) == ImageLogits.best(theirs) ? 1 : 0;
                compared++;
                progress.update(i + 1L, "");
            }
            if (compared == 0) {
                throw Failure.wrongUse("--data " + data + ": holds no image that can be decoded");
            }
            return new Agreement(
                    compared, unreadable, same, largestDifference, largestLogit, largestLevel);
        }
    }

    /** The largest difference of two tensors {@code [3, height, width]} in levels of 0 to 255. */
    private static double levels(Preprocessing preprocessing, FloatBuffer ours, float[] theirs) {
        double largest = 0;
        int plane = theirs.length / 3;
        for (int i = 0; i < theirs.length; i++) {
            double unit = preprocessing.std().get(i / plane) / preprocessing.rescaleFactor();
            largest = Math.max(largest, Math.abs(ours.get(i) - theirs[i]) * unit);
        }
        return largest;
    }

    /**
     * The logits differ by no more than float arithmetic explains. Then predictions differ only
     * where two classes are as likely as each other; a difference that is no number fails. Pixels
     * may differ by a level, and where they do, so may the logits.
     */
    boolean passed() {
        boolean sameLogits = largestDifference <= VerificationOptions.TOLERANCE * largestLogit;
        boolean samePixels = largestLevelDifference <= NO_LEVEL;
        return samePixels ? sameLogits : largestLevelDifference <= 1 + NO_LEVEL;
    }

    String sentence() {
        return String.format(
                Locale.ROOT,
                "images: %d of %d predictions are the same, largest difference of logits %.3g"
                        + " (largest logit %.4g)%s%s",
                same,
                compared,
                largestDifference,
                largestLogit,
                largestLevelDifference == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", of pixels %.2g levels of 255",
                                largestLevelDifference),
                unreadable == 0 ? "" : ", " + unreadable + " could not be decoded");
    }
}
