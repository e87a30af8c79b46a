package dev.vitrail.converter.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.util.Map;

/** Each small part of a graph as its protobuf message; weights are not among them. */
final class Messages {
    private Messages() {}

    static NodeProto of(Node node) {
        NodeProto.Builder message =
                NodeProto.newBuilder().setName(node.name()).setOpType(node.operator());
        if (!node.domain().isEmpty()) {
            message.setDomain(node.domain());
        }
        if (!node.documentation().isEmpty()) {
            message.setDocString(node.documentation());
        }
        node.inputs().forEach(value -> message.addInput(value.name()));
        node.outputs().forEach(value -> message.addOutput(value.name()));
        node.attributes().forEach((name, attribute) -> message.addAttribute(of(name, attribute)));
        return message.build();
    }

    static ValueInfoProto of(Value value) {
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(value.type().elementType().onnxCode());
        TensorShapeProto.Builder shape = tensor.getShapeBuilder();
        for (Dim dim : value.type().dims()) {
            TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
            if (dim instanceof Dim.Fixed fixed) {
                dimension.setDimValue(fixed.size());
            } else if (dim instanceof Dim.Symbol symbol) {
                dimension.setDimParam(symbol.text());
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** A tensor's description, to which its bytes or their place are still to be added. */
    static TensorProto.Builder header(String name, TensorType type) {
        TensorProto.Builder message =
                TensorProto.newBuilder().setDataType(type.elementType().onnxCode());
        for (long size : type.sizes()) {
            message.addDims(size);
        }
        if (!name.isEmpty()) {
            message.setName(name);
        }
        return message;
    }

    static StringStringEntryProto of(Map.Entry<String, String> property) {
        return StringStringEntryProto.newBuilder()
                .setKey(property.getKey())
                .setValue(property.getValue())
                .build();
    }

    /** Whether a value's type says anything that is worth writing. */
    static boolean isStated(Value value) {
        return value.type().elementType() != ElementType.UNDEFINED;
    }

    private static AttributeProto of(String name, Attribute attribute) {
        AttributeProto.Builder message = AttributeProto.newBuilder().setName(name);
        if (attribute instanceof Attribute.Int value) {
            message.setType(AttributeType.INT).setI(value.value());
        } else if (attribute instanceof Attribute.Float value) {
            message.setType(AttributeType.FLOAT).setF(value.value());
        } else if (attribute instanceof Attribute.Text value) {
            message.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(value.value()));
        } else if (attribute instanceof Attribute.Ints value) {
            message.setType(AttributeType.INTS).addAllInts(value.values());
        } else if (attribute instanceof Attribute.Floats value) {
            message.setType(AttributeType.FLOATS).addAllFloats(value.values());
        } else if (attribute instanceof Attribute.Texts value) {
            message.setType(AttributeType.STRINGS);
            value.values().forEach(text -> message.addStrings(ByteString.copyFromUtf8(text)));
        } else if (attribute instanceof Attribute.Tensor value) {
            message.setType(AttributeType.TENSOR)
                    .setT(
                            header("", value.type())
                                    .setRawData(ByteString.copyFrom(value.data().bytes())));
        }
        return message.build();
    }
}
