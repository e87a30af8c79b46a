package dev.vitrail.converter.verify;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** A process that runs a file that cannot run. */
final class FailingRun {
    /** Its exit status where the run failed as it should. */
    static final int FAILED = 42;

    private FailingRun() {}

    public static void main(String[] args) {
        FloatBuffer pixels = FloatBuffer.allocate(5 * 3 * 32 * 32);
        Sample sample = Sample.of("five", "pixel_values", pixels, 5, 3, 32, 32);
        try (OnnxModel model = OnnxModel.open(Path.of(args[0]), OptLevel.NO_OPT)) {
            model.run(sample, model.outputNames());
        } catch (OrtException e) {
            System.exit(FAILED);
        }
    }
}
