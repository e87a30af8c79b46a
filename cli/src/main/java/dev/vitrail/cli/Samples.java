package dev.vitrail.cli;

import dev.vitrail.converter.verify.Sample;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.runtime.ImageFiles;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Real images as inputs of a verification. */
final class Samples {
    private static final int BATCH = 8;

    private Samples() {}

    /**
     * The first images of a folder in batches of {@value #BATCH}; those that cannot be decoded are
     * passed over.
     */
    static List<Sample> of(Path folder, Preprocessing preprocessing, int most) {
        ImageFiles files = ImageFiles.find(List.of(folder));
        int floats =
                Math.multiplyExact(3 * preprocessing.outputHeight(), preprocessing.outputWidth());
        List<Sample> samples = new ArrayList<>();
        FloatBuffer pixels = FloatBuffer.allocate(BATCH * floats);
        int filled = 0;
        int taken = 0;
        for (int i = 0; i < files.size() && taken < most; i++) {
            try {
                preprocessing.apply(
                        ImageDecoder.decode(files.path(i), preprocessing.decodeOptions()), pixels);
            } catch (ImageException e) {
                continue;
            }
            taken++;
            if (++filled == BATCH) {
                samples.add(sample(samples.size(), pixels, filled, preprocessing));
                filled = 0;
            }
        }
        if (filled > 0) {
            samples.add(sample(samples.size(), pixels, filled, preprocessing));
        }
        if (samples.isEmpty()) {
            throw Failure.wrongUse("--data " + folder + ": holds no image that can be decoded");
        }
        return samples;
    }

    private static Sample sample(
            int number, FloatBuffer pixels, int images, Preprocessing preprocessing) {
        Sample sample =
                Sample.of(
                        "images " + (number * BATCH + 1) + " to " + (number * BATCH + images),
                        NetworkExport.INPUT,
                        pixels.flip(),
                        images,
                        3,
                        preprocessing.outputHeight(),
                        preprocessing.outputWidth());
        pixels.clear();
        return sample;
    }
}
