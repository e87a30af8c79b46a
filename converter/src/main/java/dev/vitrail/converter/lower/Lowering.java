package dev.vitrail.converter.lower;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphBuilder;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Operand;
import dev.vitrail.converter.trace.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Turns a trace, DJL's words, into a graph, ONNX's words. {@link OperationTable} says how each word
 * is said.
 */
public final class Lowering {
    /** The oldest version of ONNX's operators that can be asked for: the first with layer norm. */
    public static final int FIRST_OPSET = 17;

    /** The newest version of ONNX's operators that can be asked for. */
    public static final int LAST_OPSET = 23;

    private final Trace trace;
    private final Function<String, TensorData> weights;
    private final Map<String, Translation> table;
    private final GraphBuilder builder;
    private final List<Value> inputs = new ArrayList<>();
    private final List<List<Value>> results = new ArrayList<>();
    private final Map<String, Value> weightValues = new HashMap<>();
    private final SymbolicSizes sizes;

    private Lowering(
            Trace trace,
            Function<String, TensorData> weights,
            Map<String, Translation> table,
            GraphBuilder builder) {
        this.trace = trace;
        this.weights = weights;
        this.table = table;
        this.builder = builder;
        for (Trace.Named input : trace.inputs()) {
            inputs.add(builder.input(input.name(), Emission.tensorType(input.type())));
        }
        this.sizes = new SymbolicSizes(builder, trace, inputs);
    }

    /**
     * Lowers a trace.
     *
     * @param trace the calls
     * @param name name of the graph
     * @param outputNames names of the outputs, as many as the network returns arrays
     * @param opset version of ONNX's operators, {@value #FIRST_OPSET} to {@value #LAST_OPSET}
     * @param weights the numbers of a parameter, by its name
     * @param translations additions to the table, or replacements in it, by operation
     * @return the graph, as it was said: nothing folded yet
     * @throws ExportException if the opset is not known, a name is used twice, or an operation has
     *     no translation
     */
    public static Graph lower(
            Trace trace,
            String name,
            List<String> outputNames,
            int opset,
            Function<String, TensorData> weights,
            Map<String, Translation> translations) {
        if (opset < FIRST_OPSET || opset > LAST_OPSET) {
            throw new ExportException(
                    "opset " + opset + ": must be from " + FIRST_OPSET + " to " + LAST_OPSET);
        }
        checkOutputNames(trace, outputNames);
        Map<String, Translation> table = new HashMap<>(OperationTable.TRANSLATIONS);
        table.putAll(translations);
        GraphBuilder builder = new GraphBuilder(name, opset);
        outputNames.forEach(builder::reserve);
        return new Lowering(trace, weights, table, builder).lower(outputNames);
    }

    /**
     * Returns the words that the table translates.
     *
     * @return names of operations as {@link Call#operation()} has them, sorted
     */
    public static SortedSet<String> operations() {
        return new TreeSet<>(OperationTable.TRANSLATIONS.keySet());
    }

    private static void checkOutputNames(Trace trace, List<String> names) {
        if (names.size() != trace.outputs().size()) {
            throw new ExportException(
                    "the network returns "
                            + trace.outputs().size()
                            + " arrays, but the output names are "
                            + names);
        }
        List<String> taken = new ArrayList<>();
        trace.inputs().forEach(input -> taken.add(input.name()));
        trace.weights().forEach(weight -> taken.add(weight.name()));
        taken.addAll(names);
        for (int i = 0; i < taken.size(); i++) {
            if (taken.indexOf(taken.get(i)) != i) {
                throw new ExportException(
                        "the name "
                                + taken.get(i)
                                + " is used twice among inputs, outputs and parameters; each needs"
                                + " its own");
            }
        }
    }

    private Graph lower(List<String> outputNames) {
        for (Call call : trace.calls()) {
            Translation translation = table.get(call.operation());
            if (translation == null) {
                throw call.problem(
                        "there is no translation for it; register one in the export options");
            }
            List<Value> values = translation.emit(new Emission(this, call));
            if (values.size() != call.results().size()) {
                throw call.problem(
                        "its translation gives "
                                + values.size()
                                + " values, must give "
                                + call.results().size());
            }
            results.add(values);
        }
        for (int i = 0; i < outputNames.size(); i++) {
            builder.output(outputNames.get(i), value(trace.outputs().get(i)));
        }
        return builder.build();
    }

    Trace trace() {
        return trace;
    }

    GraphBuilder builder() {
        return builder;
    }

    SymbolicSizes sizes() {
        return sizes;
    }

    Value value(Operand operand) {
        if (operand instanceof Operand.Input input) {
            return inputs.get(input.index());
        } else if (operand instanceof Operand.Weight weight) {
            Trace.Named named = trace.weights().get(weight.index());
            return weight(named, named.name(), Emission.tensorType(named.type()), false);
        } else if (operand instanceof Operand.Result result) {
            return results.get(result.call()).get(result.output());
        }
        return Value.ABSENT;
    }

    Value transposedWeight(Operand.Weight operand) {
        Trace.Named named = trace.weights().get(operand.index());
        long[] shape = named.type().fixedShape();
        TensorType transposed =
                TensorType.of(Emission.elementType(named.type().numbers()), shape[1], shape[0]);
        return weight(named, named.name(), transposed, true);
    }

    private static TensorData checked(Trace.Named weight, TensorData data, long bytes) {
        if (data == null || data.byteSize() != bytes) {
            throw new ExportException(
                    "parameter "
                            + weight.name()
                            + (data == null ? ": was given no weights" : ": was given ")
                            + (data == null ? "" : data.byteSize() + " bytes of weights")
                            + ", must have "
                            + bytes
                            + " for "
                            + weight.type());
        }
        return data;
    }

    /** A parameter that is used as it is and transposed is two initializers. */
    private Value weight(Trace.Named named, String name, TensorType type, boolean transposed) {
        String key = name + (transposed ? " transposed" : "");
        Value known = weightValues.get(key);
        if (known == null) {
            long[] shape = named.type().fixedShape();
            int bytes = named.type().numbers().bytes();
            TensorData data = checked(named, weights.apply(name), type.byteSize());
            if (transposed) {
                data = TensorData.transposed(data, shape[0], shape[1], bytes);
            }
            boolean second = weightValues.containsKey(transposed ? name : name + " transposed");
            known = builder.weight(second ? name + ".transposed" : name, type, data);
            weightValues.put(key, known);
        }
        return known;
    }
}
