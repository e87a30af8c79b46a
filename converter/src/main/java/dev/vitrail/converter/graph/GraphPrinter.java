package dev.vitrail.converter.graph;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Prints what {@link GraphText} describes. */
final class GraphPrinter {
    static final Pattern BARE = Pattern.compile("[\\p{L}\\p{N}._/+*$-]+");

    String print(Graph graph) {
        StringBuilder text = new StringBuilder();
        text.append("graph ").append(name(graph.name())).append(" opset ").append(graph.opset());
        graph.opsets().entrySet().stream()
                .filter(opset -> !opset.getKey().isEmpty())
                .forEach(
                        o ->
                                text.append(", ")
                                        .append(name(o.getKey()))
                                        .append(' ')
                                        .append(o.getValue()));
        text.append('\n');
        for (Value input : graph.inputs()) {
            text.append("input ").append(typed(input)).append('\n');
        }
        for (Initializer weight : graph.initializers()) {
            text.append("weight ").append(typed(weight.value())).append(" = ");
            text.append(elements(weight.type(), weight.data())).append('\n');
        }
        for (Node node : graph.nodes()) {
            text.append(node(node)).append('\n');
        }
        for (Value output : graph.outputs()) {
            text.append("output ").append(name(output.name())).append('\n');
        }
        return text.toString();
    }

    private static String node(Node node) {
        StringBuilder text = new StringBuilder();
        text.append(join(node.outputs().stream().map(v -> v.isAbsent() ? "_" : typed(v)).toList()));
        text.append(" = ");
        if (!node.domain().isEmpty()) {
            text.append(name(node.domain())).append("::");
        }
        text.append(name(node.operator())).append('(');
        text.append(
                join(node.inputs().stream().map(v -> v.isAbsent() ? "" : name(v.name())).toList()));
        text.append(')');
        if (!node.attributes().isEmpty()) {
            text.append(
                    node.attributes().entrySet().stream()
                            .map(GraphPrinter::attribute)
                            .collect(Collectors.joining(", ", " {", "}")));
        }
        if (!node.name().equals(node.output().name())) {
            text.append(" @").append(name(node.name()));
        }
        if (!node.documentation().isEmpty()) {
            text.append(' ').append(quoted(node.documentation()));
        }
        return text.toString();
    }

    private static String attribute(Map.Entry<String, Attribute> entry) {
        return name(entry.getKey()) + " = " + attribute(entry.getValue());
    }

    private static String attribute(Attribute attribute) {
        if (attribute instanceof Attribute.Int value) {
            return Long.toString(value.value());
        }
        if (attribute instanceof Attribute.Float value) {
            return Float.toString(value.value());
        }
        if (attribute instanceof Attribute.Text value) {
            return quoted(value.value());
        }
        if (attribute instanceof Attribute.Ints value) {
            return value.values().isEmpty() ? "ints[]" : value.values().toString();
        }
        if (attribute instanceof Attribute.Floats value) {
            return value.values().isEmpty() ? "floats[]" : value.values().toString();
        }
        if (attribute instanceof Attribute.Texts value) {
            return value.values().isEmpty()
                    ? "texts[]"
                    : "[" + join(value.values().stream().map(GraphPrinter::quoted).toList()) + "]";
        }
        Attribute.Tensor tensor = (Attribute.Tensor) attribute;
        return type(tensor.type()) + elements(tensor.type(), tensor.data());
    }

    private static String elements(TensorType type, TensorData data) {
        if (!data.isInline() || type.elementCount() > GraphText.PRINTED_ELEMENTS) {
            return "...";
        }
        StringBuilder text = new StringBuilder();
        Constant constant = new Constant(type, data);
        if (constant.isFloating()) {
            for (double value : constant.doubles()) {
                boolean single = type.elementType() == ElementType.FLOAT;
                text.append(", ").append(single ? Float.toString((float) value) : value);
            }
        } else {
            for (long value : constant.longs()) {
                text.append(", ").append(value);
            }
        }
        return "{" + (text.isEmpty() ? "" : text.substring(2)) + "}";
    }

    private static String typed(Value value) {
        return name(value.name()) + ": " + type(value.type());
    }

    private static String type(TensorType type) {
        return type.dims().stream()
                .map(dim -> dim instanceof Dim.Unknown ? "?" : name(dim.text()))
                .collect(Collectors.joining(",", type.elementType().text() + "[", "]"));
    }

    private static String name(String name) {
        return BARE.matcher(name).matches() && !name.equals("_") ? name : quoted(name);
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static String join(List<String> parts) {
        return String.join(", ", parts);
    }
}
