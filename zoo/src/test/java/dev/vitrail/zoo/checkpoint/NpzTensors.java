package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.weights.NpzFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The tensors of an npz file, to be changed and written again. */
final class NpzTensors {

    record Values(Shape shape, float[] values) {}

    private final Map<String, Values> tensors = new LinkedHashMap<>();

    static NpzTensors read(Path path) throws IOException {
        NpzTensors read = new NpzTensors();
        try (NpzFile file = NpzFile.open(path)) {
            for (Map.Entry<String, Shape> entry : file.shapes().entrySet()) {
                float[] values = new float[Math.toIntExact(entry.getValue().size())];
                FloatBuffer target = FloatBuffer.wrap(values);
                file.copyTo(entry.getKey(), target::put);
                read.put(entry.getKey(), entry.getValue(), values);
            }
        }
        return read;
    }

    Values get(String name) {
        return tensors.get(name);
    }

    NpzTensors put(String name, Shape shape, float... values) {
        tensors.put(name, new Values(shape, values));
        return this;
    }

    NpzTensors remove(String name) {
        if (tensors.remove(name) == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return this;
    }

    NpzTensors removeIf(Predicate<String> condition) {
        tensors.keySet().removeIf(condition);
        return this;
    }

    NpzTensors rename(UnaryOperator<String> change) {
        Map<String, Values> before = new LinkedHashMap<>(tensors);
        tensors.clear();
        before.forEach((name, values) -> tensors.put(change.apply(name), values));
        return this;
    }

    Path write(Path path) throws IOException {
        try (OutputStream file = Files.newOutputStream(path);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (Map.Entry<String, Values> tensor : tensors.entrySet()) {
                zip.putNextEntry(new ZipEntry(tensor.getKey() + ".npy"));
                zip.write(npy(tensor.getValue()));
            }
        }
        return path;
    }

    private static byte[] npy(Values tensor) {
        String sizes =
                Arrays.stream(tensor.shape().getShape())
                        .mapToObj(size -> size + ",")
                        .collect(Collectors.joining());
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sizes + "), }";
        byte[] header =
                (text + " ".repeat(117 - text.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + header.length + tensor.values().length * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 1).put((byte) 0).putShort((short) header.length).put(header);
        bytes.asFloatBuffer().put(tensor.values());
        return bytes.array();
    }
}
