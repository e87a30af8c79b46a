package dev.vitrail.zoo.weights;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vitrail.zoo.block.ParameterNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes safetensors files: whole or not at all, array after array from the engine's memory, with
 * 64-bit offsets. The same arrays give the same bytes.
 */
public final class SafetensorsWriter {

    /** Data begins at a multiple of this, so that mapped elements are aligned. */
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes a block's parameters under their names.
     *
     * @param file to appear, in a folder that exists
     * @param block initialised
     * @throws WeightsException if it cannot be written
     */
    public static void write(Path file, Block block) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        ParameterNames.of(block)
                .parameters()
                .forEach((name, parameter) -> tensors.put(name, parameter.getArray()));
        write(file, tensors, Map.of("format", "pt"));
    }

    /**
     * Writes arrays under names.
     *
     * @param file to appear, in a folder that exists
     * @param tensors by name, written in the order of the map
     * @param metadata the {@code __metadata__} object; {@code format: pt} is what PyTorch's readers
     *     look for
     * @throws WeightsException if it cannot be written
     */
    public static void write(
            Path file, Map<String, NDArray> tensors, Map<String, String> metadata) {
        try {
            byte[] header = header(tensors, metadata);
            AtomicFile.write(
                    file,
                    channel -> {
                        ByteBuffer length =
                                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                        AtomicFile.writeFully(channel, length.putLong(header.length).flip());
                        AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
                        for (NDArray array : tensors.values()) {
                            write(channel, array);
                        }
                    });
        } catch (IOException e) {
            throw WeightsException.of(file, "cannot be written", e);
        }
    }

    private static byte[] header(Map<String, NDArray> tensors, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            long offset = 0;
            for (Map.Entry<String, NDArray> entry : tensors.entrySet()) {
                NDArray array = entry.getValue();
                long end = Math.addExact(offset, byteCount(array));
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", type(array.getDataType()).name());
                json.writeFieldName("shape");
                long[] shape = array.getShape().getShape();
                json.writeArray(shape, 0, shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, end}, 0, 2);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        }
        int padding = Math.floorMod(-bytes.size(), ALIGNMENT);
        byte[] spaces = new byte[padding];
        Arrays.fill(spaces, (byte) ' ');
        bytes.write(spaces);
        return bytes.toByteArray();
    }

    private static void write(FileChannel channel, NDArray array) throws IOException {
        // On a GPU the bytes must come over first; on the CPU the buffer is the array's own memory.
        NDArray host = array.toDevice(Device.cpu(), false);
        try {
            ByteBuffer bytes = host.toByteBuffer(true);
            if (bytes.remaining() != byteCount(array)) {
                throw new IllegalStateException("an array gave " + bytes.remaining() + " bytes");
            }
            AtomicFile.writeFully(channel, bytes);
        } finally {
            if (host != array) {
                host.close();
            }
        }
    }

    private static long byteCount(NDArray array) {
        return Math.multiplyExact(
                array.getShape().size(), (long) array.getDataType().getNumOfBytes());
    }

    private static ElementType type(DataType type) {
        return switch (type) {
            case FLOAT64 -> ElementType.F64;
            case FLOAT32 -> ElementType.F32;
            case FLOAT16 -> ElementType.F16;
            case BFLOAT16 -> ElementType.BF16;
            case INT64 -> ElementType.I64;
            case INT32 -> ElementType.I32;
            case INT16 -> ElementType.I16;
            case INT8 -> ElementType.I8;
            case UINT64 -> ElementType.U64;
            case UINT32 -> ElementType.U32;
            case UINT16 -> ElementType.U16;
            case UINT8 -> ElementType.U8;
            case BOOLEAN -> ElementType.BOOL;
            case COMPLEX64, STRING, UNKNOWN ->
                    throw new IllegalArgumentException("cannot write arrays of " + type);
        };
    }
}
