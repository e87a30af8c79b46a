package dev.vitrail.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small model for tests whose answer is plain: pictures of 8x8, three classes, and the logit of
 * class c is {@value #GAIN} times the average of channel c after normalisation.
 */
final class ModelFile {
    static final int EDGE = 8;
    static final int CLASSES = 3;
    static final float GAIN = 3f;
    static final String LABELS = "[\"red\",\"green\",\"blue\"]";
    static final String PREPROCESSING =
            "{\"resize\":[8,8],\"crop\":8,\"interpolation\":\"bilinear\","
                    + "\"mean\":[0.5,0.5,0.5],\"std\":[0.5,0.5,0.5]}";

    final Map<String, String> metadata = new LinkedHashMap<>();
    private final float[] weights = new float[CLASSES * 3 * EDGE * EDGE];
    private Object batch = "batch";
    private boolean embeddings;
    private TensorProto.DataType outside = TensorProto.DataType.FLOAT;
    private boolean halves;

    ModelFile() {
        int plane = EDGE * EDGE;
        for (int i = 0; i < weights.length; i++) {
            int pixel = i / CLASSES;
            weights[i] = pixel / plane == i % CLASSES ? GAIN / plane : 0;
        }
        metadata.put("vitrail.labels", LABELS);
        metadata.put("vitrail.preprocessing", PREPROCESSING);
        metadata.put("vitrail.precision", "fp32");
        metadata.put("vitrail.config", "{\"name\":\"test\"}");
    }

    ModelFile with(String key, String value) {
        if (value == null) {
            metadata.remove(key);
        } else {
            metadata.put(key, value);
        }
        return this;
    }

    ModelFile fixedBatch(int size) {
        batch = size;
        return this;
    }

    /** Hands out what the head reads: the prepared picture, flat. */
    ModelFile withEmbeddings() {
        embeddings = true;
        return this;
    }

    /** Computes in half precision, with input and output of a type. */
    ModelFile halves(TensorProto.DataType inputAndOutput) {
        halves = true;
        outside = inputAndOutput;
        return this;
    }

    ModelFile weight(int index, float value) {
        weights[index] = value;
        return this;
    }

    /** Little-endian bytes of the weights, {@code [192, 3]}. */
    byte[] weightBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(4 * weights.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float weight : weights) {
            bytes.putFloat(weight);
        }
        return bytes.array();
    }

    String weightsSha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(weightBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The model with its weights inside. */
    ModelProto build() {
        return build(weightTensor().setRawData(ByteString.copyFrom(weightBytes())).build());
    }

    /** The model with its weights elsewhere. */
    ModelProto external(Map<String, String> entries) {
        TensorProto.Builder tensor =
                weightTensor().setDataLocation(TensorProto.DataLocation.EXTERNAL);
        entries.forEach((key, value) -> tensor.addExternalData(entry(key, value)));
        return build(tensor.build());
    }

    private static TensorProto.Builder weightTensor() {
        return TensorProto.newBuilder()
                .setName("head.weight")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(3 * EDGE * EDGE)
                .addDims(CLASSES);
    }

    private ModelProto build(TensorProto weight) {
        ModelProto.Builder model = ModelProto.newBuilder();
        model.setIrVersion(8).setProducerName("test");
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
        GraphProto.Builder graph = GraphProto.newBuilder();
        graph.setName("test");
        graph.addInput(value("pixel_values", batch, 3, EDGE, EDGE));
        graph.addOutput(value("logits", batch, CLASSES));
        String features = embeddings ? "embeddings" : "flat";
        if (embeddings) {
            graph.addOutput(value(features, batch, 3 * EDGE * EDGE));
        }
        graph.addInitializer(weight);
        graph.addNode(
                node("Flatten", List.of(cast(graph, "pixel_values", "pixels")), features)
                        .addAttribute(
                                AttributeProto.newBuilder()
                                        .setName("axis")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(1)));
        String weights = cast(graph, "head.weight", "weights");
        graph.addNode(node("MatMul", List.of(features, weights), halves ? "half" : "logits"));
        if (halves) {
            graph.addNode(cast("half", "logits", outside));
            for (int i = 0; i < graph.getInputCount(); i++) {
                setType(graph.getInputBuilder(i), outside);
            }
            setType(graph.getOutputBuilder(0), outside);
        }
        metadata.forEach((key, value) -> model.addMetadataProps(entry(key, value)));
        return model.setGraph(graph).build();
    }

    /** The name of a value in half precision, or the name itself. */
    private String cast(GraphProto.Builder graph, String from, String to) {
        if (halves) {
            graph.addNode(cast(from, to, TensorProto.DataType.FLOAT16));
        }
        return halves ? to : from;
    }

    private static NodeProto.Builder cast(String from, String to, TensorProto.DataType type) {
        return node("Cast", List.of(from), to)
                .addAttribute(
                        AttributeProto.newBuilder()
                                .setName("to")
                                .setType(AttributeProto.AttributeType.INT)
                                .setI(type.getNumber()));
    }

    private static void setType(ValueInfoProto.Builder value, TensorProto.DataType type) {
        value.getTypeBuilder().getTensorTypeBuilder().setElemType(type.getNumber());
    }

    static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output);
    }

    static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** A float value; text dimensions are symbolic. */
    static ValueInfoProto value(String name, Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            TensorShapeProto.Dimension.Builder dim = shape.addDimBuilder();
            if (dimension instanceof Integer size) {
                dim.setDimValue(size);
            } else {
                dim.setDimParam((String) dimension);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                                .setShape(shape)))
                .build();
    }

    Path writeTo(Path file) throws IOException {
        return Files.write(file, build().toByteArray());
    }
}
