package dev.vitrail.converter.testing;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.onnx.global.onnx;
import org.junit.jupiter.api.Assumptions;

/**
 * The official checker with full, strict shape inference, as a native library. It knows opsets up
 * to {@value #NEWEST_OPSET}: no newer ONNX is packaged for Java.
 *
 * <p>A file of a newer opset has two judges. ONNX Runtime, which has the newer operators, is told
 * to infer types strictly: an operator that the opset does not have and a wrong number type or rank
 * are errors. And since opset 23 gives the operators of 22 further number types and nothing else,
 * the official checker is shown the file as one of opset 22, except where it has the new {@code
 * Attention}.
 */
public final class OnnxChecker {
    /** The newest opset of ONNX 1.17. */
    public static final int NEWEST_OPSET = 22;

    private static final long NEWEST_IR = 10;

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
     * Fails with the words of a judge that refuses a file; does without the checker where there is
     * none, for tests that have more to say than that.
     */
    public static void checkWherePresent(Path file, int opset) {
        if (opset > NEWEST_OPSET) {
            checkByOnnxRuntime(file);
        }
        if (isPresent()) {
            Optional<Path> known = opset > NEWEST_OPSET ? asNewestKnown(file) : Optional.of(file);
            known.ifPresent(OnnxChecker::check);
        }
    }

    /** A copy beside the file that says it is of the newest opset that the checker knows. */
    private static Optional<Path> asNewestKnown(Path file) {
        try {
            OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
            if (model.getGraph().getNodeList().stream()
                    .anyMatch(node -> node.getOpType().equals("Attention"))) {
                return Optional.empty();
            }
            OnnxMl.ModelProto.Builder older = model.toBuilder().setIrVersion(NEWEST_IR);
            older.getOpsetImportBuilderList().stream()
                    .filter(opset -> opset.getDomain().isEmpty())
                    .forEach(opset -> opset.setVersion(NEWEST_OPSET));
            return Optional.of(
                    Files.write(
                            file.resolveSibling("as-opset-" + NEWEST_OPSET + ".onnx"),
                            older.build().toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails with ONNX Runtime's words if its strict inference refuses a file. */
    public static void checkByOnnxRuntime(Path file) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.addConfigEntry("session.strict_shape_type_inference", "1");
            environment.createSession(file.toString(), options).close();
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime refuses " + file + ": " + e.getMessage(), e);
        }
    }

    public static boolean isPresent() {
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
