package dev.vitrail.converter.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns one graph message into a graph. */
final class GraphReader {
    /** Tensors up to this size are read at once, as constants that passes may compute with. */
    private static final long INLINE_UP_TO = 4096;

    private final Path file;
    private final GraphProto message;
    private final Map<String, Value> values = new HashMap<>();
    private final Set<String> nodeNames = new HashSet<>();

    GraphReader(Path file, GraphProto message) {
        this.file = file;
        this.message = message;
    }

    Graph graph(SortedMap<String, Integer> opsets) {
        if (message.getSparseInitializerCount() > 0) {
            throw refused("has sparse tensors, which are not supported");
        }
        List<Initializer> initializers = new ArrayList<>();
        for (TensorProto tensor : message.getInitializerList()) {
            Initializer initializer = initializer(tensor);
            initializers.add(initializer);
            if (values.put(initializer.name(), initializer.value()) != null) {
                throw refused("holds the tensor " + initializer.name() + " twice");
            }
        }
        List<Value> inputs = new ArrayList<>();
        for (ValueInfoProto input : message.getInputList()) {
            // Old files list every initializer among the inputs, too.
            if (!values.containsKey(input.getName())) {
                inputs.add(define(value(input)));
            }
        }
        message.getValueInfoList()
                .forEach(value -> values.putIfAbsent(value.getName(), value(value)));
        message.getOutputList().forEach(value -> values.putIfAbsent(value.getName(), value(value)));
        List<Node> nodes = message.getNodeList().stream().map(this::node).toList();
        List<Value> outputs =
                message.getOutputList().stream().map(value -> reference(value.getName())).toList();
        String name = message.getName().isEmpty() ? "graph" : message.getName();
        return new Graph(name, opsets, inputs, outputs, initializers, nodes);
    }

    private Node node(NodeProto node) {
        String name = node.getName();
        if (name.isEmpty()) {
            name = node.getOutputCount() > 0 ? node.getOutput(0) : node.getOpType();
        }
        String free = name;
        for (int i = 2; !nodeNames.add(free); i++) {
            free = name + "_" + i;
        }
        TreeMap<String, Attribute> attributes = new TreeMap<>();
        for (AttributeProto attribute : node.getAttributeList()) {
            attributes.put(attribute.getName(), attribute(attribute, free));
        }
        if (node.getOpType().isEmpty()) {
            throw refused("has a node " + free + " without an operator");
        }
        return new Node(
                node.getDomain().equals("ai.onnx") ? "" : node.getDomain(),
                node.getOpType(),
                free,
                node.getInputList().stream().map(this::reference).toList(),
                node.getOutputList().stream().map(this::reference).toList(),
                attributes,
                node.getDocString());
    }

    private Attribute attribute(AttributeProto attribute, String node) {
        return switch (attribute.getType()) {
            case INT -> Attribute.of(attribute.getI());
            case FLOAT -> Attribute.of(attribute.getF());
            case STRING -> Attribute.of(attribute.getS().toStringUtf8());
            case INTS -> new Attribute.Ints(attribute.getIntsList());
            case FLOATS -> new Attribute.Floats(attribute.getFloatsList());
            case STRINGS ->
                    new Attribute.Texts(
                            attribute.getStringsList().stream()
                                    .map(ByteString::toStringUtf8)
                                    .toList());
            case TENSOR -> {
                TensorType type = type(attribute.getT());
                yield new Attribute.Tensor(type, data(attribute.getT(), type));
            }
            default ->
                    throw refused(
                            "has a node "
                                    + node
                                    + " with the attribute "
                                    + attribute.getName()
                                    + " of the kind "
                                    + attribute.getType()
                                    + ", which is not supported");
        };
    }

    private Initializer initializer(TensorProto tensor) {
        if (tensor.getName().isEmpty()) {
            throw refused("holds a tensor without a name");
        }
        TensorType type = type(tensor);
        return new Initializer(tensor.getName(), type, data(tensor, type));
    }

    private TensorType type(TensorProto tensor) {
        List<Dim> dims = new ArrayList<>();
        for (long size : tensor.getDimsList()) {
            if (size < 0) {
                throw refused("holds the tensor " + tensor.getName() + " with the extent " + size);
            }
            dims.add(Dim.fixed(size));
        }
        TensorType type =
                new TensorType(element(tensor.getDataType(), "tensor " + tensor.getName()), dims);
        try {
            type.byteSize();
        } catch (ArithmeticException e) {
            throw refused("holds the tensor " + tensor.getName() + " of more than 2^63 bytes");
        }
        return type;
    }

    private TensorData data(TensorProto tensor, TensorType type) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return ExternalData.of(tensor, type.byteSize(), file).data(file);
        }
        if (tensor.hasRawData()) {
            requireSize(tensor, type, tensor.getRawData().size());
            ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer();
            return type.byteSize() <= INLINE_UP_TO
                    ? TensorData.ofBytes(tensor.getRawData().toByteArray())
                    : TensorData.ofBuffers(type.byteSize(), () -> List.of(bytes));
        }
        return typedData(tensor, type);
    }

    /** Elements in the fields that other writers use for small tensors. */
    private TensorData typedData(TensorProto tensor, TensorType type) {
        long count =
                tensor.getFloatDataCount()
                        + tensor.getDoubleDataCount()
                        + tensor.getInt64DataCount()
                        + tensor.getInt32DataCount()
                        + tensor.getUint64DataCount();
        requireSize(tensor, type, Math.multiplyExact(count, type.elementType().byteSize()));
        return switch (type.elementType()) {
            case FLOAT ->
                    Constant.ofDoubles(
                                    type,
                                    tensor.getFloatDataList().stream()
                                            .mapToDouble(Float::doubleValue)
                                            .toArray())
                            .data();
            case DOUBLE ->
                    Constant.ofDoubles(
                                    type,
                                    tensor.getDoubleDataList().stream()
                                            .mapToDouble(Double::doubleValue)
                                            .toArray())
                            .data();
            case INT64 -> longs(type, tensor.getInt64DataList());
            case UINT32, UINT64 -> longs(type, tensor.getUint64DataList());
            default -> longs(type, tensor.getInt32DataList());
        };
    }

    private static TensorData longs(TensorType type, List<? extends Number> values) {
        return Constant.ofLongs(type, values.stream().mapToLong(Number::longValue).toArray())
                .data();
    }

    private void requireSize(TensorProto tensor, TensorType type, long bytes) {
        if (bytes != type.byteSize()) {
            throw refused(
                    "holds the tensor "
                            + tensor.getName()
                            + " with "
                            + bytes
                            + " bytes, but "
                            + type.text()
                            + " has "
                            + type.byteSize());
        }
    }

    private Value value(ValueInfoProto info) {
        if (info.getName().isEmpty()) {
            throw refused("has an input or output without a name");
        }
        if (!info.hasType()) {
            return new Value(info.getName(), TensorType.UNKNOWN);
        }
        if (!info.getType().hasTensorType()) {
            throw refused("has a value " + info.getName() + " that is no tensor");
        }
        TypeProto.Tensor tensor = info.getType().getTensorType();
        List<Dim> dims = new ArrayList<>();
        for (TensorShapeProto.Dimension dim : tensor.getShape().getDimList()) {
            dims.add(
                    switch (dim.getValueCase()) {
                        case DIM_VALUE ->
                                dim.getDimValue() < 0
                                        ? new Dim.Unknown()
                                        : Dim.fixed(dim.getDimValue());
                        case DIM_PARAM ->
                                dim.getDimParam().isBlank()
                                        ? new Dim.Unknown()
                                        : symbol(dim.getDimParam());
                        case VALUE_NOT_SET -> new Dim.Unknown();
                    });
        }
        ElementType element = element(tensor.getElemType(), "value " + info.getName());
        return element == ElementType.UNDEFINED || !tensor.hasShape()
                ? new Value(info.getName(), TensorType.UNKNOWN)
                : new Value(info.getName(), new TensorType(element, dims));
    }

    private static Dim symbol(String name) {
        try {
            return Dim.ofText(name);
        } catch (IllegalArgumentException e) {
            return new Dim.Unknown();
        }
    }

    private ElementType element(int code, String where) {
        try {
            return ElementType.ofOnnxCode(code);
        } catch (IllegalArgumentException e) {
            throw refused(
                    "has the "
                            + where
                            + " of ONNX's element type "
                            + code
                            + ", which is not supported");
        }
    }

    private Value define(Value value) {
        values.put(value.name(), value);
        return value;
    }

    private Value reference(String name) {
        return name.isEmpty()
                ? Value.ABSENT
                : values.computeIfAbsent(name, n -> new Value(n, TensorType.UNKNOWN));
    }

    private ExportException refused(String problem) {
        return new ExportException(file + ": " + problem);
    }
}
