package dev.vitrail.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes of a model file the same model without its weights, which are said to lie in that very file
 * as external data: ONNX Runtime maps external data and copies what is in the protobuf twice.
 *
 * <p>Weights are the raw data of the main graph's initializers. Field numbers are those of {@code
 * onnx.proto3}. An unaligned place, as a protobuf has them, is no obstacle: ONNX Runtime maps whole
 * pages, and its kernels load floats from any address.
 */
final class MappedWeights {
    /** ONNX Runtime wants small tensors, such as shapes, inside. */
    private static final int LEAST_BYTES = 1024;

    private static final int GRAPH = 7;
    private static final int INITIALIZER = 5;
    private static final int RAW_DATA = 9;
    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;
    private static final int EXTERNAL = 1;

    private final FileChannel file;
    private final String fileName;

    private MappedWeights(FileChannel file, String fileName) {
        this.file = file;
        this.fileName = fileName;
    }

    /**
     * The model whose weights are elsewhere.
     *
     * @param model a file without external data
     * @return the bytes of a model, direct, whose external data is in the file itself
     */
    static ByteBuffer outOf(Path model) throws IOException {
        try (FileChannel file = FileChannel.open(model, StandardOpenOption.READ)) {
            MappedWeights weights = new MappedWeights(file, model.getFileName().toString());
            byte[] rest = weights.model(WireReader.of(file));
            return ByteBuffer.allocateDirect(rest.length).put(rest).flip();
        }
    }

    private byte[] model(WireReader reader) throws IOException {
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        long start = reader.position();
        for (int field = reader.next(); field != 0; field = reader.next()) {
            if (field == GRAPH) {
                write(model, GRAPH, graph(reader.takeMessage()));
            } else {
                copy(reader, start, model);
            }
            start = reader.position();
        }
        return model.toByteArray();
    }

    private byte[] graph(WireReader reader) throws IOException {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        long start = reader.position();
        for (int field = reader.next(); field != 0; field = reader.next()) {
            if (field == INITIALIZER) {
                write(graph, INITIALIZER, tensor(reader.takeMessage()));
            } else {
                copy(reader, start, graph);
            }
            start = reader.position();
        }
        return graph.toByteArray();
    }

    private byte[] tensor(WireReader reader) throws IOException {
        ByteArrayOutputStream tensor = new ByteArrayOutputStream();
        long start = reader.position();
        for (int field = reader.next(); field != 0; field = reader.next()) {
            if (field == RAW_DATA) {
                long length = reader.takeLength();
                long end = reader.position();
                if (length < LEAST_BYTES) {
                    copy(start, end, tensor);
                } else {
                    entry(tensor, "location", fileName);
                    entry(tensor, "offset", Long.toString(end - length));
                    entry(tensor, "length", Long.toString(length));
                    varint(tensor, DATA_LOCATION << 3 | WireReader.VARINT);
                    varint(tensor, EXTERNAL);
                }
            } else {
                copy(reader, start, tensor);
            }
            start = reader.position();
        }
        return tensor.toByteArray();
    }

    private static void entry(ByteArrayOutputStream tensor, String key, String value) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        write(entry, 1, key.getBytes(StandardCharsets.UTF_8));
        write(entry, 2, value.getBytes(StandardCharsets.UTF_8));
        write(tensor, EXTERNAL_DATA, entry.toByteArray());
    }

    /** The field that begins at a place, and whose value is next. */
    private void copy(WireReader reader, long start, ByteArrayOutputStream to) throws IOException {
        reader.skip();
        copy(start, reader.position(), to);
    }

    private void copy(long start, long end, ByteArrayOutputStream to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(end - start));
        while (bytes.hasRemaining()) {
            if (file.read(bytes, start + bytes.position()) < 0) {
                throw new IOException(fileName + " became shorter while it was read");
            }
        }
        to.write(bytes.array(), 0, bytes.capacity());
    }

    private static void write(ByteArrayOutputStream to, int field, byte[] value) {
        varint(to, field << 3 | WireReader.LENGTH_DELIMITED);
        varint(to, value.length);
        to.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream to, int value) {
        int rest = value;
        while (rest > 0x7F) {
            to.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        to.write(rest);
    }
}
