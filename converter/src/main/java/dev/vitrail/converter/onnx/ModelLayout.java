package dev.vitrail.converter.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where everything of a model will stand, computed before a byte is written: all of it but the
 * weights as protobuf bytes, and the places and sizes of the weights, in 64 bits.
 *
 * <p>protobuf-java does not guard its 2 GiB limit (above 4 GiB the size wraps and a corrupt file is
 * written), and its builders would hold every weight a second time. So the message around the
 * weights is put together here by hand, field by field in the order of their numbers, which is what
 * protobuf itself writes.
 */
final class ModelLayout {
    /** What one protobuf message can be: its sizes are 32-bit and signed. */
    static final long MESSAGE_LIMIT = Integer.MAX_VALUE;

    /** Room for metadata that is added after the file was verified. */
    private static final long RESERVE = 16 << 20;

    /** Smaller tensors stay in the model: a page of the data file for each would be waste. */
    private static final long EXTERNAL_FROM = 4096;

    /**
     * Shape inference wants to read whole numbers, and ONNX Runtime reads them only in the model.
     */
    private static final long EXTERNAL_INTEGERS_FROM = 1 << 16;

    private static final int PAGE = 4096;

    /** The granularity in which Windows maps files, and the largest page of common processors. */
    private static final int LARGE_PAGE = 1 << 16;

    private static final long LARGE = 1 << 20;

    /** One tensor: its bytes before the raw data, and where the raw data stands if outside. */
    record Tensor(Initializer initializer, byte[] header, boolean external, int alignment) {
        long bytes() {
            long raw = initializer.data().byteSize();
            return header.length + (external ? 0 : rawPrefix(raw).length + raw);
        }
    }

    private final byte[] beforeGraph;
    private final byte[] beforeWeights;
    private final List<Tensor> tensors = new ArrayList<>();
    private final byte[] afterWeights;
    private final byte[] afterGraph;
    private final long graphBytes;

    /** Lays a model out with its weights inside, or outside in the file of that name if given. */
    ModelLayout(Graph graph, OnnxMetadata metadata, String dataFile) {
        beforeGraph =
                bytes(
                        ModelProto.newBuilder()
                                .setIrVersion(OpsetVersion.irVersion(graph.opset()))
                                .setProducerName(metadata.producerName())
                                .setProducerVersion(metadata.producerVersion())
                                .setDocString(metadata.documentation()));
        GraphProto.Builder front = GraphProto.newBuilder().setName(graph.name());
        graph.nodes().forEach(node -> front.addNode(Messages.of(node)));
        beforeWeights = bytes(front);
        long offset = 0;
        for (Initializer initializer : graph.initializers()) {
            Tensor tensor = lay(initializer, dataFile, offset);
            tensors.add(tensor);
            if (tensor.external()) {
                offset = aligned(offset, tensor.alignment()) + initializer.data().byteSize();
            }
        }
        afterWeights = bytes(back(graph));
        ModelProto.Builder end = ModelProto.newBuilder();
        graph.opsets()
                .forEach(
                        (domain, version) ->
                                end.addOpsetImport(
                                        OperatorSetIdProto.newBuilder()
                                                .setDomain(domain)
                                                .setVersion(version)));
        metadata.properties().entrySet().forEach(e -> end.addMetadataProps(Messages.of(e)));
        afterGraph = bytes(end);
        long weights = 0;
        for (Tensor tensor : tensors) {
            weights += tensorPrefix(tensor).length + tensor.bytes();
        }
        graphBytes = beforeWeights.length + weights + afterWeights.length;
    }

    /** Whether the model file, with what may still be added to it, is one protobuf message. */
    boolean fitsOneMessage() {
        return fileBytes() + RESERVE <= MESSAGE_LIMIT;
    }

    /** The size of the model file. */
    long fileBytes() {
        return beforeGraph.length + graphPrefix().length + graphBytes + afterGraph.length;
    }

    List<Tensor> tensors() {
        return tensors;
    }

    /** Writes the model file; the weights inside go to its channel for them, past the check. */
    void writeTo(ModelFile file, WeightCheck check, WritableByteChannel weights)
            throws IOException {
        file.write(beforeGraph);
        file.write(graphPrefix());
        file.write(beforeWeights);
        for (Tensor tensor : tensors) {
            file.write(tensorPrefix(tensor));
            file.write(tensor.header());
            if (!tensor.external()) {
                file.write(rawPrefix(tensor.initializer().data().byteSize()));
                Initializer initializer = tensor.initializer();
                initializer.data().writeTo(check.over(initializer, weights));
            }
        }
        file.write(afterWeights);
        file.write(afterGraph);
        if (file.position() != fileBytes()) {
            throw new IllegalStateException(
                    "wrote " + file.position() + " bytes where " + fileBytes() + " were computed");
        }
    }

    /** The bytes that, written after a finished model, add metadata to it. */
    static byte[] appendix(Map<String, String> properties) {
        ModelProto.Builder end = ModelProto.newBuilder();
        new TreeMap<>(properties).entrySet().forEach(e -> end.addMetadataProps(Messages.of(e)));
        return bytes(end);
    }

    private static Tensor lay(Initializer initializer, String dataFile, long end) {
        TensorProto.Builder header = Messages.header(initializer.name(), initializer.type());
        long bytes = initializer.data().byteSize();
        if (dataFile == null || !isLargeEnough(initializer)) {
            return new Tensor(initializer, bytes(header), false, 1);
        }
        int alignment = bytes >= LARGE ? LARGE_PAGE : PAGE;
        header.addExternalData(entry("location", dataFile))
                .addExternalData(entry("offset", Long.toString(aligned(end, alignment))))
                .addExternalData(entry("length", Long.toString(bytes)))
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        return new Tensor(initializer, bytes(header), true, alignment);
    }

    private static boolean isLargeEnough(Initializer initializer) {
        ElementType type = initializer.type().elementType();
        boolean mayBeShape = type == ElementType.INT64 || type == ElementType.INT32;
        return initializer.data().byteSize()
                >= (mayBeShape ? EXTERNAL_INTEGERS_FROM : EXTERNAL_FROM);
    }

    private static GraphProto.Builder back(Graph graph) {
        GraphProto.Builder back = GraphProto.newBuilder();
        graph.inputs().forEach(value -> back.addInput(Messages.of(value)));
        graph.outputs().forEach(value -> back.addOutput(Messages.of(value)));
        Set<String> outputs = new HashSet<>();
        graph.outputs().forEach(value -> outputs.add(value.name()));
        Map<String, Value> between = new HashMap<>();
        graph.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .filter(value -> !value.isAbsent() && Messages.isStated(value))
                .filter(value -> !outputs.contains(value.name()))
                .filter(value -> between.put(value.name(), value) == null)
                .forEach(value -> back.addValueInfo(Messages.of(value)));
        return back;
    }

    private byte[] graphPrefix() {
        return prefix(ModelProto.GRAPH_FIELD_NUMBER, graphBytes);
    }

    private static byte[] tensorPrefix(Tensor tensor) {
        return prefix(GraphProto.INITIALIZER_FIELD_NUMBER, tensor.bytes());
    }

    private static byte[] rawPrefix(long bytes) {
        return prefix(TensorProto.RAW_DATA_FIELD_NUMBER, bytes);
    }

    /** Number, wire type "length-delimited" and length of a field, as protobuf writes them. */
    private static byte[] prefix(int field, long bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            coded.writeTag(field, 2);
            coded.writeUInt64NoTag(bytes);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(MessageLite.Builder message) {
        return message.buildPartial().toByteArray();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static long aligned(long offset, int alignment) {
        return offset + (-offset & (alignment - 1));
    }
}
