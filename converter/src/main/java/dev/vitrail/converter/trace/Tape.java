package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one forward pass is recorded on. The arrays, their manager and the parameter store share it.
 */
final class Tape {
    private final ParameterTree tree;
    private final boolean plan;
    private final ForeignOperations foreign;
    private final NDManager foreignManager;
    private final SymbolicManager manager = new SymbolicManager(this);
    private final List<Trace.Named> inputs = new ArrayList<>();
    private final List<Trace.Named> weights = new ArrayList<>();
    private final List<String> weightBlocks = new ArrayList<>();
    private final Map<Parameter, SymbolicArray> arrays = new IdentityHashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private String lastBlock = "";

    Tape(ParameterTree tree, ForeignOperations foreign) {
        this(tree, false, foreign);
    }

    private Tape(ParameterTree tree, boolean plan, ForeignOperations foreign) {
        this.tree = tree;
        this.plan = plan;
        this.foreign = foreign;
        this.foreignManager = foreign.manager();
    }

    /** A tape on which blocks are initialised: parameters get shapes, and nothing is kept. */
    static Tape forPlan() {
        return new Tape(null, true, new ForeignOperations(Map.of()));
    }

    boolean isPlan() {
        return plan;
    }

    /** The manager of the arrays that know what the recording ones do not. */
    NDManager foreignManager() {
        return foreignManager;
    }

    ForeignOperations foreign() {
        return foreign;
    }

    SymbolicManager manager() {
        return manager;
    }

    SymbolicArray input(String name, ArrayType type) {
        inputs.add(new Trace.Named(name, type));
        return new SymbolicArray(
                this, new Operand.Input(inputs.size() - 1), type, new Storage(false));
    }

    SymbolicArray weight(Parameter parameter) {
        SymbolicArray known = arrays.get(parameter);
        if (known == null) {
            ParameterTree.Place place = tree.place(parameter);
            weights.add(new Trace.Named(place.name(), typeOf(parameter, place)));
            weightBlocks.add(place.block());
            known =
                    new SymbolicArray(
                            this,
                            new Operand.Weight(weights.size() - 1),
                            weights.get(weights.size() - 1).type(),
                            new Storage(false));
            arrays.put(parameter, known);
        }
        lastBlock = weightBlocks.get(((Operand.Weight) known.operand()).index());
        return known;
    }

    private static ArrayType typeOf(Parameter parameter, ParameterTree.Place place) {
        if (!parameter.isInitialized()) {
            throw new ExportException(
                    "parameter "
                            + place.name()
                            + ": has no value; initialise the block or load its weights before"
                            + " exporting it");
        }
        NDArray array = parameter.getArray();
        return ArrayType.of(NumberType.of(array.getDataType()), array.getShape().getShape());
    }

    /** Records a call and returns its results, each in memory of its own. */
    List<SymbolicArray> record(
            String operation,
            List<? extends NDArray> operands,
            Map<String, ?> arguments,
            List<ArrayType> results) {
        List<Operand> read = new ArrayList<>();
        for (NDArray operand : operands) {
            read.add(operand == null ? new Operand.Absent() : own(operand, operation).read());
        }
        Map<String, Argument> plain = new LinkedHashMap<>();
        arguments.forEach((name, value) -> plain.put(name, Argument.of(value)));
        calls.add(new Call(operation, read, plain, results, lastBlock));
        List<SymbolicArray> arrays = new ArrayList<>();
        for (int output = 0; output < results.size(); output++) {
            arrays.add(
                    new SymbolicArray(
                            this,
                            new Operand.Result(calls.size() - 1, output),
                            results.get(output),
                            new Storage(true)));
        }
        return arrays;
    }

    /** Returns an array as one of this tape, or says that it comes from elsewhere. */
    SymbolicArray own(NDArray array, String operation) {
        if (array instanceof SymbolicArray symbolic && symbolic.tape() == this) {
            return symbolic;
        }
        throw Refusal.looseArray(this, operation, array.getShape());
    }

    /** Path of the block whose parameter was read last: where the forward pass roughly is. */
    String lastBlock() {
        return lastBlock;
    }

    Trace finish(List<? extends NDArray> outputs) {
        List<Operand> returned = new ArrayList<>();
        for (NDArray output : outputs) {
            returned.add(own(output, "return").read());
        }
        return new Trace(inputs, weights, new BlockPaths(weightBlocks).assign(calls), returned);
    }
}
