package dev.vitrail.runtime;

import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.OnnxFile.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads of an ONNX file what must be known before it is trusted: metadata and where tensors lie.
 *
 * <p>Field numbers are those of {@code onnx.proto3} (ONNX 1.21). ONNX Runtime's Java binding is not
 * asked for the metadata, because it hands text over in the JVM's modified UTF-8, in which a label
 * with an emoji arrives garbled. Where protobuf would merge a message that occurs twice, this
 * reader refuses it, so that nothing can be assembled that was not checked.
 */
final class OnnxFileReader {
    private static final int MAX_GRAPH_DEPTH = 64;
    private static final int MAX_NAME_BYTES = 64 * 1024;
    private static final int MAX_METADATA_BYTES = 64 * 1024 * 1024;
    private static final int EXTERNAL = 1;

    private final Map<String, Long> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<StoredTensor> initializers = new ArrayList<>();
    private final List<StoredTensor> externalTensors = new ArrayList<>();
    private long irVersion;
    private String producerName = "";
    private String producerVersion = "";
    private boolean hasGraph;
    private boolean singlePrecision = true;

    private OnnxFileReader() {}

    static OnnxFile read(Path path) {
        try {
            // Before opening: opening a pipe would wait for somebody to write into it.
            if (Files.isDirectory(path)) {
                throw new RuntimeFailure(
                        path + ": is a folder, must be an ONNX file; a run is exported first");
            }
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new RuntimeFailure(path + ": is not a regular file, must be an ONNX file");
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                ByteBuffer head = ByteBuffer.allocate(256);
                while (head.hasRemaining() && channel.read(head, head.position()) >= 0) {}
                refuseOtherFormats(path.toString(), head.flip(), channel.size());
                return new OnnxFileReader().model(path.toString(), WireReader.of(channel));
            }
        } catch (NoSuchFileException e) {
            throw new RuntimeFailure(path + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new RuntimeFailure(path + ": may not be read (permission denied)", e);
        } catch (IOException e) {
            throw new RuntimeFailure(path + ": cannot be read: " + SystemReason.of(e), e);
        }
    }

    static OnnxFile read(byte[] model, String name) {
        refuseOtherFormats(
                name, ByteBuffer.wrap(model, 0, Math.min(256, model.length)), model.length);
        try {
            return new OnnxFileReader().model(name, WireReader.of(model));
        } catch (IOException e) {
            throw new IllegalStateException("reading memory failed", e);
        }
    }

    private static void refuseOtherFormats(String name, ByteBuffer head, long size) {
        String found =
                switch (OtherFormat.of(head, size)) {
                    case NONE -> null;
                    case EMPTY -> "is empty (0 bytes)";
                    case ZIP -> "is a zip archive, perhaps a PyTorch or NumPy file";
                    case SAFETENSORS -> "is a safetensors file, which holds weights and no network";
                    case ORT -> "is in ONNX Runtime's own format";
                    case TEXT -> "is text";
                    case TOO_LONG -> "has " + size + " bytes, an ONNX file at most 2147483647";
                };
        if (found != null) {
            throw new RuntimeFailure(name + ": " + found + ", must be an ONNX model");
        }
    }

    private enum OtherFormat {
        NONE,
        EMPTY,
        ZIP,
        SAFETENSORS,
        ORT,
        TEXT,
        TOO_LONG;

        static OtherFormat of(ByteBuffer head, long size) {
            byte[] bytes = new byte[head.remaining()];
            head.get(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            if (bytes.length == 0) {
                return EMPTY;
            } else if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
                return ZIP;
            } else if (text.startsWith("ORTM", 4)) {
                return ORT;
            } else if (bytes.length > 8 && bytes[7] == 0 && bytes[6] == 0 && bytes[8] == '{') {
                return SAFETENSORS;
            } else if (text.chars().allMatch(c -> c >= ' ' && c < 127 || c >= '\t' && c <= '\r')) {
                return TEXT;
            }
            // Protobuf's limit; larger models keep their weights in external data.
            return size > Integer.MAX_VALUE ? TOO_LONG : NONE;
        }
    }

    private OnnxFile model(String name, WireReader reader) throws IOException {
        try {
            for (int field = reader.next(); field != 0; field = reader.next()) {
                switch (field) {
                    case 1 -> irVersion = reader.takeVarint();
                    case 2 -> producerName = reader.takeText(MAX_NAME_BYTES);
                    case 3 -> producerVersion = reader.takeText(MAX_NAME_BYTES);
                    case 7 -> {
                        once(hasGraph, "the graph");
                        hasGraph = true;
                        graph(reader.takeMessage(), 0, true);
                    }
                    case 8 -> opset(reader.takeMessage());
                    case 14 -> property(reader.takeMessage());
                    case 20 -> training(reader.takeMessage());
                    case 25 -> nodes(reader.takeMessage(), 7, 0);
                    default -> reader.skip();
                }
            }
            if (!hasGraph) {
                throw new WireReader.MalformedException("it has no graph");
            }
        } catch (WireReader.MalformedException e) {
            throw new RuntimeFailure(
                    name
                            + ": not a whole ONNX model: "
                            + e.getMessage()
                            + "; copy or export it again",
                    e);
        }
        return new OnnxFile(
                irVersion,
                opsets,
                (producerName + " " + producerVersion).trim(),
                metadata,
                initializers,
                singlePrecision,
                externalTensors);
    }

    private void opset(WireReader reader) throws IOException {
        String domain = "";
        long version = 0;
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 1 -> domain = reader.takeText(MAX_NAME_BYTES);
                case 2 -> version = reader.takeVarint();
                default -> reader.skip();
            }
        }
        opsets.put(domain, version);
    }

    private void property(WireReader reader) throws IOException {
        Entry entry = Entry.read(reader, MAX_METADATA_BYTES);
        once(metadata.put(entry.key, entry.value) != null, "metadata " + entry.key);
    }

    private void training(WireReader reader) throws IOException {
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 1, 2 -> graph(reader.takeMessage(), 0, false);
                default -> reader.skip();
            }
        }
    }

    private void graph(WireReader reader, int depth, boolean main) throws IOException {
        if (depth > MAX_GRAPH_DEPTH) {
            throw new WireReader.MalformedException(
                    "graphs are nested more than " + MAX_GRAPH_DEPTH + " deep");
        }
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 1 -> node(reader.takeMessage(), depth);
                case 5 -> {
                    StoredTensor tensor = tensor(reader.takeMessage());
                    if (main) {
                        initializers.add(tensor);
                    }
                }
                case 15 -> sparseTensor(reader.takeMessage());
                default -> reader.skip();
            }
        }
    }

    /** The nodes of a message that keeps them in the given field. */
    private void nodes(WireReader reader, int nodeField, int depth) throws IOException {
        for (int field = reader.next(); field != 0; field = reader.next()) {
            if (field == nodeField) {
                node(reader.takeMessage(), depth);
            } else {
                reader.skip();
            }
        }
    }

    private void node(WireReader reader, int depth) throws IOException {
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 5 -> attribute(reader.takeMessage(), depth);
                default -> reader.skip();
            }
        }
    }

    private void attribute(WireReader reader, int depth) throws IOException {
        boolean hasTensor = false;
        boolean hasGraphValue = false;
        boolean hasSparse = false;
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 5 -> {
                    once(hasTensor, "an attribute's tensor");
                    hasTensor = true;
                    tensor(reader.takeMessage());
                }
                case 6 -> {
                    once(hasGraphValue, "an attribute's graph");
                    hasGraphValue = true;
                    graph(reader.takeMessage(), depth + 1, false);
                }
                case 22 -> {
                    once(hasSparse, "an attribute's sparse tensor");
                    hasSparse = true;
                    sparseTensor(reader.takeMessage());
                }
                case 10 -> tensor(reader.takeMessage());
                case 11 -> graph(reader.takeMessage(), depth + 1, false);
                case 23 -> sparseTensor(reader.takeMessage());
                default -> reader.skip();
            }
        }
    }

    private void sparseTensor(WireReader reader) throws IOException {
        boolean hasValues = false;
        boolean hasIndices = false;
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 1 -> {
                    once(hasValues, "a sparse tensor's values");
                    hasValues = true;
                    tensor(reader.takeMessage());
                }
                case 2 -> {
                    once(hasIndices, "a sparse tensor's indices");
                    hasIndices = true;
                    tensor(reader.takeMessage());
                }
                default -> reader.skip();
            }
        }
    }

    private StoredTensor tensor(WireReader reader) throws IOException {
        String name = "";
        Map<String, String> entries = new LinkedHashMap<>();
        boolean external = false;
        long offset = 0;
        long length = StoredTensor.NOT_RAW;
        for (int field = reader.next(); field != 0; field = reader.next()) {
            switch (field) {
                case 2 -> singlePrecision &= !isNarrow(reader.takeVarint());
                case 8 -> name = reader.takeText(MAX_NAME_BYTES);
                case 9 -> {
                    length = reader.takeLength();
                    offset = reader.position() - length;
                }
                case 13 -> {
                    Entry entry = Entry.read(reader.takeMessage(), MAX_NAME_BYTES);
                    once(
                            entries.put(entry.key, entry.value) != null,
                            "external data key \"" + entry.key + "\" of tensor \"" + name + "\"");
                }
                case 14 -> external |= reader.takeVarint() == EXTERNAL;
                default -> reader.skip();
            }
        }
        if (!external && entries.isEmpty()) {
            return new StoredTensor(name, null, offset, length);
        }
        StoredTensor tensor = ExternalData.tensor(name, entries);
        externalTensors.add(tensor);
        return tensor;
    }

    /** uint8, int8, float16, and from bfloat16 on (16) all that came later: 8 bits and fewer. */
    private static boolean isNarrow(long dataType) {
        return dataType == 2 || dataType == 3 || dataType == 10 || dataType >= 16;
    }

    private static void once(boolean seen, String what) throws WireReader.MalformedException {
        if (seen) {
            throw new WireReader.MalformedException(what + " is given twice");
        }
    }

    private record Entry(String key, String value) {
        static Entry read(WireReader reader, int limit) throws IOException {
            String key = "";
            String value = "";
            for (int field = reader.next(); field != 0; field = reader.next()) {
                switch (field) {
                    case 1 -> key = reader.takeText(MAX_NAME_BYTES);
                    case 2 -> value = reader.takeText(limit);
                    default -> reader.skip();
                }
            }
            return new Entry(key, value);
        }
    }
}
