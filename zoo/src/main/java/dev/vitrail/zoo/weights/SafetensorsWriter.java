package dev.vitrail.zoo.weights;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vitrail.zoo.block.ParameterNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes safetensors files: whole or not at all, tensor after tensor, with 64-bit offsets. Arrays
 * are written from the engine's memory; streamed tensors are produced while they are written, so
 * that a file of any size needs no more memory than a piece of a tensor. The same tensors give the
 * same bytes.
 */
public final class SafetensorsWriter {

    /** Data begins at a multiple of this, so that mapped elements are aligned. */
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /** A tensor's line of the header, and how its bytes get into the file. */
    private record Part(String name, ElementType type, Shape shape, AtomicFile.Content content) {

        /** Elements are of whole bytes: packed types are not written. */
        long bytes() {
            long bytes = type.bits() / Byte.SIZE;
            for (long size : shape.getShape()) {
                bytes = Math.multiplyExact(bytes, size);
            }
            return bytes;
        }
    }

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
        List<Part> parts = new ArrayList<>();
        tensors.forEach(
                (name, array) ->
                        parts.add(
                                new Part(
                                        name,
                                        type(array.getDataType()),
                                        array.getShape(),
                                        output -> write(output, array))));
        writeParts(file, parts, metadata);
    }

    /**
     * Writes tensors that are produced one by one, when their turn has come. Nothing is held but
     * the piece that is being written.
     *
     * @param file to appear, in a folder that exists
     * @param tensors written in this order; no name twice
     * @param metadata the {@code __metadata__} object; {@code format: pt} is what PyTorch's readers
     *     look for
     * @throws WeightsException if the file cannot be written, or a finite value is beyond the type
     *     it is to be stored as; nothing is left behind then, nor when a source throws
     * @throws IllegalStateException if a source gives more or fewer values than its shape has
     */
    public static void write(
            Path file, List<StreamedTensor> tensors, Map<String, String> metadata) {
        List<Part> parts = new ArrayList<>();
        for (StreamedTensor tensor : tensors) {
            parts.add(
                    new Part(
                            tensor.name(),
                            tensor.type(),
                            tensor.shape(),
                            output -> TensorOutput.write(file, output, tensor)));
        }
        writeParts(file, parts, metadata);
    }

    private static void writeParts(Path file, List<Part> parts, Map<String, String> metadata) {
        try {
            byte[] header = header(parts, metadata);
            long bytes = Long.BYTES + header.length;
            for (Part part : parts) {
                bytes += part.bytes();
            }
            AtomicFile.write(
                    file,
                    bytes,
                    output -> {
                        ByteBuffer length =
                                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                        output.append(length.putLong(header.length).flip());
                        output.append(ByteBuffer.wrap(header));
                        for (Part part : parts) {
                            part.content().writeTo(output);
                        }
                    });
        } catch (IOException e) {
            throw WeightsException.of(file, "cannot be written", e);
        }
    }

    private static byte[] header(List<Part> parts, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart(SafetensorsHeader.METADATA);
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            long offset = 0;
            for (Part part : parts) {
                if (!names.add(part.name())) {
                    throw new IllegalArgumentException("two tensors \"" + part.name() + "\"");
                }
                long end = Math.addExact(offset, part.bytes());
                json.writeObjectFieldStart(part.name());
                json.writeStringField("dtype", part.type().name());
                json.writeFieldName("shape");
                long[] shape = part.shape().getShape();
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

    private static void write(BlockFile output, NDArray array) throws IOException {
        // On a GPU the bytes must come over first; on the CPU the buffer is the array's own memory.
        NDArray host = array.toDevice(Device.cpu(), false);
        try {
            ByteBuffer bytes = host.toByteBuffer(true);
            long expected = array.getShape().size() * array.getDataType().getNumOfBytes();
            if (bytes.remaining() != expected) {
                throw new IllegalStateException("an array gave " + bytes.remaining() + " bytes");
            }
            output.append(bytes);
        } finally {
            if (host != array) {
                host.close();
            }
        }
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
