package dev.vitrail.runtime;

import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says about itself, read by {@link OnnxFileReader} before ONNX Runtime sees it.
 *
 * @param irVersion the version of the ONNX format
 * @param opsets operator set version by domain; the standard domain is the empty string
 * @param producer the name and version of the tool that wrote the file, possibly empty
 * @param metadata the file's key–value pairs
 * @param initializers the initializers of the main graph in file order
 * @param singlePrecision whether no tensor anywhere in the file is of half precision or of integers
 *     below 16 bits, as quantised weights are
 * @param externalTensors every tensor anywhere in the file whose data lies in another file
 */
record OnnxFile(
        long irVersion,
        Map<String, Long> opsets,
        String producer,
        Map<String, String> metadata,
        List<StoredTensor> initializers,
        boolean singlePrecision,
        List<StoredTensor> externalTensors) {

    OnnxFile {
        opsets = Map.copyOf(opsets);
        metadata = Map.copyOf(metadata);
        initializers = List.copyOf(initializers);
        externalTensors = List.copyOf(externalTensors);
    }

    /** The standard operator set, or 0 where the file names none. */
    int opset() {
        return opsets.getOrDefault("", opsets.getOrDefault("ai.onnx", 0L)).intValue();
    }

    boolean hasExternalData() {
        return !externalTensors.isEmpty();
    }

    /**
     * Where the bytes of one tensor lie.
     *
     * @param name the tensor's name
     * @param location the name of the other file, or null for bytes inside the ONNX file
     * @param offset the first byte, in the other file or in the ONNX file
     * @param length the number of bytes; {@link #TO_THE_END} for the rest of the other file, {@link
     *     #NOT_RAW} where the ONNX file stores numbers one by one
     */
    record StoredTensor(String name, String location, long offset, long length) {
        static final long TO_THE_END = -1;
        static final long NOT_RAW = -2;

        boolean isExternal() {
            return location != null;
        }
    }
}
