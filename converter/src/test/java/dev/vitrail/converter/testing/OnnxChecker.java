package dev.vitrail.converter.testing;

import java.nio.file.Path;
import org.bytedeco.onnx.global.onnx;
import org.junit.jupiter.api.Assumptions;

/**
 * The official checker with full, strict shape inference, as a native library. It knows opsets up
 * to {@value #NEWEST_OPSET}; what is newer only ONNX Runtime can judge here.
 */
public final class OnnxChecker {
    /** The newest opset of ONNX 1.17. */
    public static final int NEWEST_OPSET = 22;

    private OnnxChecker() {}

    /**
     * Fails with the checker's words if it refuses a file; skips the test where there is no
     * checker.
     */
    public static void check(Path file) {
        Assumptions.assumeTrue(isPresent(), "needs the ONNX checker's library for this platform");
        try {
            onnx.check_model(file.toString(), true, false, true);
        } catch (RuntimeException e) {
            throw new AssertionError("the ONNX checker refuses " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Fails with the checker's words if it refuses a file of an opset that it knows; does nothing
     * where there is no checker, for tests that have more to say than that.
     */
    public static void checkWherePresent(Path file, int opset) {
        if (opset <= NEWEST_OPSET && isPresent()) {
            check(file);
        }
    }

    private static boolean isPresent() {
        try {
            onnx.check_model("no such file");
            return true;
        } catch (LinkageError e) {
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }
}
