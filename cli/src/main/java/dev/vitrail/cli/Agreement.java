package dev.vitrail.cli;

import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.ImageFiles;
import dev.vitrail.runtime.Provider;
import dev.vitrail.runtime.SessionConfig;
import dev.vitrail.zoo.train.ImageLogits;
import dev.vitrail.zoo.train.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 */
record Agreement(
        int compared, int unreadable, int same, double largestDifference, double largestLogit) {

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
            for (int i = 0; i < files.size(); i++) {
                try {
                    preprocessing.apply(
                            ImageDecoder.decode(files.path(i), preprocessing.decodeOptions()),
                            pixels.asFloatBuffer());
                } catch (ImageException e) {
                    unreadable++;
                    continue;
                }
                float[] ours = network.logits(pixels.duplicate().order(pixels.order()), 1)[0];
                float[] theirs = classifier.logits(pixels.asFloatBuffer(), 1);
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
            return new Agreement(compared, unreadable, same, largestDifference, largestLogit);
        }
    }

    /**
     * The logits differ by no more than float arithmetic explains. Then predictions differ only
     * where two classes are as likely as each other; a difference that is no number fails.
     */
    boolean passed() {
        return largestDifference <= VerificationOptions.TOLERANCE * largestLogit;
    }

    String sentence() {
        return String.format(
                Locale.ROOT,
                "images: %d of %d predictions are the same, largest difference of logits %.3g"
                        + " (largest logit %.4g)%s",
                same,
                compared,
                largestDifference,
                largestLogit,
                unreadable == 0 ? "" : ", " + unreadable + " could not be decoded");
    }
}
