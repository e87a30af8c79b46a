package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Recurrent layers. PyTorch has the time axis of all layers in one call, ONNX one node a layer,
 * with the gates in another order and the directions stacked on an axis of their own.
 */
final class RecurrentTranslations {
    private final Emission e;
    private final String operator;
    private final int[] gates;
    private final Call call;
    private final NumberType numbers;
    private final int states;
    private final int directions;
    private final boolean biases;
    private final Extent steps;
    private final Extent batch;
    private final long hidden;

    /**
     * @param operator ONNX's operator
     * @param gates for each of ONNX's gates, its place among PyTorch's
     */
    private RecurrentTranslations(Emission e, String operator, int... gates) {
        this.e = e;
        this.operator = operator;
        this.gates = gates;
        this.call = e.call();
        this.numbers = call.result().numbers();
        this.states = call.results().size() - 1;
        this.directions = call.flag("bidirectional") ? 2 : 1;
        this.biases = call.flag("biases");
        List<Extent> input = e.type(0).shape();
        this.steps = input.get(call.flag("batchFirst") ? 1 : 0);
        this.batch = input.get(call.flag("batchFirst") ? 0 : 1);
        this.hidden = e.type(1).shape().get(2).fixed();
    }

    static List<Value> rnn(Emission e) {
        return new RecurrentTranslations(e, "RNN", 0).emit();
    }

    /** PyTorch: reset, update, new. ONNX: update, reset, hidden. */
    static List<Value> gru(Emission e) {
        return new RecurrentTranslations(e, "GRU", 1, 0, 2).emit();
    }

    /** PyTorch: input, forget, cell, output. ONNX: input, output, forget, cell. */
    static List<Value> lstm(Emission e) {
        return new RecurrentTranslations(e, "LSTM", 0, 3, 1, 2).emit();
    }

    private List<Value> emit() {
        Value x = e.operand(0);
        if (call.flag("batchFirst")) {
            x = transpose(x, type(steps, batch, e.type(0).shape().get(2)), 1, 0, 2);
        }
        List<List<Value>> last = new ArrayList<>();
        long layers = call.integer("layers");
        for (int layer = 0; layer < layers; layer++) {
            List<Value> outputs = layer(x, layer, layers);
            x = joinDirections(outputs.get(0));
            last.add(outputs.subList(1, outputs.size()));
        }
        List<Value> results = new ArrayList<>();
        results.add(call.flag("batchFirst") ? transpose(x, call.result(), 1, 0, 2) : x);
        for (int state = 0; state < states; state++) {
            int index = state;
            results.add(
                    concat(
                            call.results().get(state + 1),
                            last.stream().map(values -> values.get(index)).toList()));
        }
        return results;
    }

    private List<Value> layer(Value x, int layer, long layers) {
        List<Value> inputs = new ArrayList<>(List.of(x));
        inputs.add(stacked(layer, 0));
        inputs.add(stacked(layer, 1));
        inputs.add(biases ? stackedBiases(layer) : Value.ABSENT);
        inputs.add(Value.ABSENT);
        for (int state = 0; state < states; state++) {
            inputs.add(state(state, layer, layers));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("hidden_size", Attribute.of(hidden));
        attributes.put("direction", Attribute.of(directions == 2 ? "bidirectional" : "forward"));
        if (operator.equals("GRU")) {
            // PyTorch's form, in which the reset gate is applied after the matrix product.
            attributes.put("linear_before_reset", Attribute.of(1));
        }
        if (call.has("activation")) {
            attributes.put(
                    "activations",
                    new Attribute.Texts(Collections.nCopies(directions, call.word("activation"))));
        }
        List<ArrayType> types = new ArrayList<>();
        types.add(type(steps, Extent.of(directions), batch, Extent.of(hidden)));
        for (int state = 0; state < states; state++) {
            types.add(type(Extent.of(directions), batch, Extent.of(hidden)));
        }
        return e.nodes(operator, types, attributes, inputs.toArray(Value[]::new));
    }

    /** Place of a parameter among the operands: weights of input and state, then their biases. */
    private int place(int layer, int direction, int parameter) {
        return 1 + states + (layer * directions + direction) * (biases ? 4 : 2) + parameter;
    }

    private Value stacked(int layer, int parameter) {
        List<Value> parts = new ArrayList<>();
        ArrayType one = null;
        for (int direction = 0; direction < directions; direction++) {
            int place = place(layer, direction, parameter);
            one = e.type(place);
            parts.add(unsqueezed(reordered(e.operand(place), one), one));
        }
        return concat(widened(one, directions), parts);
    }

    private Value stackedBiases(int layer) {
        List<Value> parts = new ArrayList<>();
        ArrayType both = null;
        for (int direction = 0; direction < directions; direction++) {
            List<Value> pair = new ArrayList<>();
            for (int parameter = 2; parameter < 4; parameter++) {
                int place = place(layer, direction, parameter);
                pair.add(reordered(e.operand(place), e.type(place)));
            }
            both = type(Extent.of(2L * gates.length * hidden));
            parts.add(unsqueezed(concat(both, pair), both));
        }
        return concat(widened(both, directions), parts);
    }

    private Value reordered(Value value, ArrayType type) {
        if (gates.length == 1) {
            return value;
        }
        List<Extent> shape = new ArrayList<>(type.shape());
        shape.set(0, Extent.of(hidden));
        ArrayType gate = new ArrayType(numbers, shape);
        long[] sizes = new long[gates.length];
        Arrays.fill(sizes, hidden);
        List<Value> parts =
                e.nodes(
                        "Split",
                        Collections.nCopies(gates.length, gate),
                        Map.of("axis", Attribute.of(0)),
                        value,
                        e.longs(sizes));
        List<Value> ordered = new ArrayList<>();
        for (int place : gates) {
            ordered.add(parts.get(place));
        }
        return concat(type, ordered);
    }

    private Value state(int state, int layer, long layers) {
        Value all = e.operand(1 + state);
        if (layers == 1) {
            return all;
        }
        return e.node(
                "Slice",
                type(Extent.of(directions), batch, Extent.of(hidden)),
                all,
                e.longs((long) layer * directions),
                e.longs((layer + 1L) * directions),
                e.longs(0));
    }

    /**
     * {@code [steps, directions, batch, hidden]} to {@code [steps, batch, directions × hidden]}.
     */
    private Value joinDirections(Value y) {
        ArrayType joined = type(steps, batch, Extent.of(directions * hidden));
        if (directions == 1) {
            return e.node("Squeeze", joined, y, e.longs(1));
        }
        ArrayType turned = type(steps, batch, Extent.of(directions), Extent.of(hidden));
        return e.reshape(transpose(y, turned, 0, 2, 1, 3), turned, joined);
    }

    private Value transpose(Value value, ArrayType type, long... axes) {
        return e.node("Transpose", type, Map.of("perm", Attribute.ints(axes)), value);
    }

    private Value unsqueezed(Value value, ArrayType type) {
        return e.node("Unsqueeze", widened(type, 1), value, e.longs(0));
    }

    private static ArrayType widened(ArrayType type, long size) {
        List<Extent> shape = new ArrayList<>(type.shape());
        shape.add(0, Extent.of(size));
        return new ArrayType(type.numbers(), shape);
    }

    private Value concat(ArrayType type, List<Value> parts) {
        return parts.size() == 1
                ? parts.get(0)
                : e.node(
                        "Concat",
                        type,
                        Map.of("axis", Attribute.of(0)),
                        parts.toArray(Value[]::new));
    }

    private ArrayType type(Extent... shape) {
        return new ArrayType(numbers, List.of(shape));
    }
}
