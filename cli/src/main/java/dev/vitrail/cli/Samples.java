package dev.vitrail.cli;

import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.verify.Sample;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.ImageFiles;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
            throw noImage(folder);
        }
        return samples;
    }

    /**
     * The first images of a folder as they are decoded, one a sample; those that cannot be decoded
     * are passed over.
     */
    static List<Sample> ofBytes(Path folder, Preprocessing preprocessing, int most) {
        ImageFiles files = ImageFiles.find(List.of(folder));
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < files.size() && samples.size() < most; i++) {
            try {
                RgbImage image = ImageDecoder.decode(files.path(i), preprocessing.decodeOptions());
                long[] shape = {image.height(), image.width(), 3};
                ByteBuffer bytes = ByteBuffer.allocateDirect(image.pixels().length);
                samples.add(
                        new Sample(
                                files.name(i),
                                Map.of(
                                        NetworkExport.IMAGE,
                                        new Sample.Content(
                                                NumberType.UINT8,
                                                shape,
                                                bytes.put(image.pixels()).flip()))));
            } catch (ImageException e) {
                continue;
            }
        }
        if (samples.isEmpty()) {
            throw noImage(folder);
        }
        return samples;
    }

    private static Failure noImage(Path folder) {
        return Failure.wrongUse("--data " + folder + ": holds no image that can be decoded");
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
