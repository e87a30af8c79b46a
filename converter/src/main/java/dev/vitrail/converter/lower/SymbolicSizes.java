package dev.vitrail.converter.lower;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.GraphBuilder;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.AxisSize;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes that are known only at run time, as values of the graph: read off an input once, shared.
 */
final class SymbolicSizes {
    private static final TensorType ONE_LONG = TensorType.of(ElementType.INT64, 1);

    private final GraphBuilder builder;
    private final Trace trace;
    private final List<Value> inputs;
    private final Map<Extent, Value> known = new HashMap<>();

    SymbolicSizes(GraphBuilder builder, Trace trace, List<Value> inputs) {
        this.builder = builder;
        this.trace = trace;
        this.inputs = inputs;
    }

    /** A vector of 64-bit integers; a constant where all sizes are known. */
    Value vector(List<Extent> extents) {
        if (extents.stream().allMatch(Extent::isFixed)) {
            return fixed(extents);
        }
        List<Value> parts = new ArrayList<>();
        List<Extent> run = new ArrayList<>();
        for (Extent extent : extents) {
            if (extent.isFixed()) {
                run.add(extent);
                continue;
            }
            if (!run.isEmpty()) {
                parts.add(fixed(run));
                run.clear();
            }
            parts.add(one(extent));
        }
        if (!run.isEmpty()) {
            parts.add(fixed(run));
        }
        return parts.size() == 1
                ? parts.get(0)
                : builder.node(
                        "Concat",
                        "sizes/Concat",
                        TensorType.of(ElementType.INT64, extents.size()),
                        Map.of("axis", Attribute.of(0)),
                        parts.toArray(Value[]::new));
    }

    private Value fixed(List<Extent> extents) {
        return builder.longs("sizes", extents.stream().mapToLong(Extent::fixed).toArray());
    }

    /** A vector of the one size. */
    private Value one(Extent extent) {
        Value value = known.get(extent);
        if (value == null) {
            value = compute(extent);
            known.put(extent, value);
        }
        return value;
    }

    private Value compute(Extent extent) {
        if (extent.factor() != 1) {
            Value product = one(new Extent(1, extent.sizes()));
            return node("Mul", product, extent.factor());
        }
        if (extent.sizes().size() > 1) {
            int last = extent.sizes().size() - 1;
            return builder.node(
                    "Mul",
                    "sizes/Mul",
                    ONE_LONG,
                    one(new Extent(1, extent.sizes().subList(0, last))),
                    one(new Extent(1, extent.sizes().subList(last, last + 1))));
        }
        return compute(extent.sizes().get(0));
    }

    /** ONNX divides integers towards zero, which is down: no size is below zero. */
    private Value compute(AxisSize size) {
        if (size.isPlain()) {
            return read(size.axis());
        }
        Value value = one(Extent.axis(size.axis()));
        value = size.multiplier() == 1 ? value : node("Mul", value, size.multiplier());
        value = size.offset() == 0 ? value : node("Add", value, size.offset());
        return size.divisor() == 1 ? value : node("Div", value, size.divisor());
    }

    private Value node(String operator, Value value, long number) {
        return builder.node(
                operator, "sizes/" + operator, ONE_LONG, value, builder.longs("sizes", number));
    }

    /** Looks for an input that has the axis itself, or a multiple of it. */
    private Value read(String axis) {
        for (int i = 0; i < inputs.size(); i++) {
            List<Extent> shape = trace.inputs().get(i).type().shape();
            for (int place = 0; place < shape.size(); place++) {
                Extent extent = shape.get(place);
                if (extent.sizes().equals(List.of(AxisSize.of(axis)))) {
                    Value size =
                            builder.node(
                                    "Shape",
                                    "sizes/" + axis,
                                    ONE_LONG,
                                    Map.of(
                                            "start", Attribute.of(place),
                                            "end", Attribute.of(place + 1)),
                                    inputs.get(i));
                    return extent.factor() == 1 ? size : node("Div", size, extent.factor());
                }
            }
        }
        throw new ExportException(
                "symbolic axis "
                        + axis
                        + ": no input has it alone or a multiple of it, so its size cannot be read"
                        + " when the network runs");
    }
}
