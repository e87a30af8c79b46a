package dev.vitrail.converter.onnx;

import dev.vitrail.converter.error.ExportException;
import java.util.Map;

/** Which version of the file format goes with which opset: ONNX, docs/Versioning.md. */
final class OpsetVersion {
    /** The oldest opset with LayerNormalization. */
    static final int OLDEST = 17;

    static final int NEWEST = 23;

    private static final Map<Integer, Integer> IR_VERSIONS =
            Map.of(17, 8, 18, 8, 19, 9, 20, 9, 21, 10, 22, 10, 23, 11);

    private OpsetVersion() {}

    /** The oldest IR version that a reader of this opset understands. */
    static int irVersion(int opset) {
        Integer version = IR_VERSIONS.get(opset);
        if (version == null) {
            throw new ExportException(
                    "opset " + opset + " cannot be written; " + OLDEST + " to " + NEWEST + " can");
        }
        return version;
    }
}
