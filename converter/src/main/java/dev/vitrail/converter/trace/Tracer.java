package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import dev.vitrail.converter.error.ExportException;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Runs the forward pass of a DJL block on arrays that compute nothing, and returns the calls that
 * it made. The block is not changed and does not notice.
 */
public final class Tracer {
    private final Block block;
    private final ParameterTree tree;
    private final Set<Class<? extends Block>> whole = new LinkedHashSet<>();
    private final Map<String, ResultTypes> operations = new LinkedHashMap<>();
    private Map<String, Block> wholeBlocks = Map.of();

    /**
     * Prepares to trace a block.
     *
     * @param block the network; its parameters must have values, or come from {@link #plan}
     * @param naming from the path that {@code block.getParameters()} gives a parameter to its name
     *     in the ONNX file, parts divided by dots; null for names made from those of the children
     * @throws ExportException if two parameters get the same name, or a block is not DJL's to run
     */
    public Tracer(Block block, UnaryOperator<String> naming) {
        this.block = block;
        this.tree = new ParameterTree(block, naming);
    }

    /**
     * Initialises a block with arrays that have shapes but no memory, so that the graph and the
     * parameter count of a network of any size can be had anywhere. The block cannot run
     * afterwards; {@code block.clear()} makes it as it was.
     *
     * @param block a block that has no parameters yet
     * @param inputs what the network will be given; symbolic axes count as 1
     */
    public static void plan(Block block, List<ArrayInput> inputs) {
        Tape tape = Tape.forPlan();
        Shape[] shapes =
                inputs.stream()
                        .map(input -> input.type().shape())
                        .map(shape -> shape.stream().mapToLong(Tracer::smallest).toArray())
                        .map(Shape::new)
                        .toArray(Shape[]::new);
        Map<Parameter, Initializer> drawing = new IdentityHashMap<>();
        for (Parameter parameter : block.getParameters().values()) {
            drawing.put(parameter, parameter.getInitializer());
            // An initializer may draw its numbers in Java, which no recording array can prevent.
            parameter.setInitializer(Initializer.ZEROS);
        }
        try {
            block.initialize(tape.manager(), DataType.FLOAT32, shapes);
        } finally {
            drawing.forEach(Parameter::setInitializer);
        }
    }

    private static long smallest(Extent extent) {
        return extent.at(
                extent.axes().stream().collect(Collectors.toMap(axis -> axis, axis -> 1L)));
    }

    /**
     * Records every block of a class as one call, wherever in the network it is: its operands are
     * the block's inputs and then its parameters. The block does not run; the shapes of its results
     * are what {@link Block#getOutputShapes(Shape[])} says, of the first input's number type.
     *
     * @param type the class, or one above it
     * @return this tracer
     */
    public Tracer whole(Class<? extends Block> type) {
        whole.add(type);
        return this;
    }

    /**
     * Returns the blocks that were recorded as one call.
     *
     * @return the blocks by the operation of their calls, after a trace
     */
    public Map<String, Block> wholeBlocks() {
        return wholeBlocks;
    }

    /**
     * Records an array operation that would be refused.
     *
     * @param operation name of the method of {@code NDArray}
     * @param results what the operation gives
     * @return this tracer
     */
    public Tracer operation(String operation, ResultTypes results) {
        operations.put(operation, results);
        return this;
    }

    /**
     * Traces the block.
     *
     * @param inputs what the network is given
     * @param axes the symbolic axes that occur in the inputs
     * @return the calls, with sizes known up to the symbolic axes
     * @throws ExportException if the forward pass does what cannot be exported, or not the same at
     *     every size
     */
    public Trace trace(List<ArrayInput> inputs, List<SymbolicAxis> axes) {
        // The network is as it was after this, and must not run elsewhere meanwhile.
        try (StandIns standIns = StandIns.put(block, whole)) {
            Block network = standIns.network();
            Trace trace = new BatchAxis(axes).solve(sizes -> traceAt(network, inputs, sizes));
            standIns.checkEachRan();
            wholeBlocks = standIns.blocks();
            return trace;
        }
    }

    /** One forward pass at known sizes. */
    private Trace traceAt(Block network, List<ArrayInput> inputs, Map<String, Long> sizes) {
        Tape tape = new Tape(tree, new ForeignOperations(operations));
        NDList arrays = new NDList();
        for (ArrayInput input : inputs) {
            long[] shape =
                    input.type().shape().stream().mapToLong(extent -> extent.at(sizes)).toArray();
            SymbolicArray array =
                    tape.input(input.name(), ArrayType.of(input.type().numbers(), shape));
            array.setName(input.name());
            arrays.add(array);
        }
        ParameterStore parameters = new SymbolicParameters(tape);
        return tape.finish(forward(network, tape, parameters, arrays, sizes));
    }

    private NDList forward(
            Block network,
            Tape tape,
            ParameterStore parameters,
            NDList arrays,
            Map<String, Long> sizes) {
        try {
            return network.forward(parameters, arrays, false);
        } catch (ExportException e) {
            throw e;
        } catch (UnsupportedOperationException e) {
            throw withCause(Refusal.unsupported(tape, unsupportedMethod(e)), e);
        } catch (ClassCastException e) {
            throw withCause(Refusal.looseArray(tape, "an engine's own operation", new Shape()), e);
        } catch (RuntimeException e) {
            if (String.valueOf(e.getMessage()).startsWith("Only PtNDArray")) {
                String operation = e.getStackTrace()[0].getMethodName();
                throw withCause(Refusal.looseArray(tape, operation, new Shape()), e);
            }
            String where = tape.lastBlock().isEmpty() ? "the network" : "block " + tape.lastBlock();
            throw new ExportException(
                    where
                            + ": its forward pass fails at "
                            + (sizes.isEmpty() ? "the given sizes" : sizes)
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static ExportException withCause(ExportException refusal, RuntimeException cause) {
        refusal.initCause(cause);
        return refusal;
    }

    /** The adapter's exceptions name no operation, but the method that threw is on their stack. */
    private static String unsupportedMethod(UnsupportedOperationException e) {
        for (StackTraceElement frame : e.getStackTrace()) {
            if (!frame.getMethodName().equals("getAlternativeArray")) {
                return frame.getMethodName();
            }
        }
        return String.valueOf(e.getMessage());
    }

    /**
     * Returns the size of a parameter.
     *
     * @param name name of the parameter in the trace
     * @return bytes
     */
    public long byteSize(String name) {
        NDArray array = tree.parameter(name).getArray();
        return Math.multiplyExact(
                array.getShape().size(), (long) array.getDataType().getNumOfBytes());
    }

    /**
     * Returns the bytes of a parameter, a view of the engine's memory where it allows one.
     *
     * @param name name of the parameter in the trace
     * @return its numbers, little endian, in the order of the shape
     * @throws ExportException if the parameter has no values
     */
    public ByteBuffer bytes(String name) {
        Parameter parameter = tree.parameter(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        NDArray array = parameter.getArray();
        if (array instanceof SymbolicArray) {
            throw new ExportException(
                    "parameter "
                            + name
                            + ": was planned, not initialised, so it has no values; give the"
                            + " weights or initialise the block");
        }
        return array.toByteBuffer(true);
    }
}
