package dev.vitrail.converter.onnx;

import java.util.Locale;

/** When weights go into a file of their own beside the model. */
public enum ExternalDataPolicy {
    /** Only if the model would not fit the 2 GiB that one protobuf message may have. */
    AUTO,
    /** Always, so that ONNX Runtime can map the weights instead of reading them. */
    ALWAYS,
    /** Never: one file or none. */
    NEVER;

    /** The word on a command line: {@code auto}, {@code always} or {@code never}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
