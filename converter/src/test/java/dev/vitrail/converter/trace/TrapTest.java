package dev.vitrail.converter.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.ParameterList;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.testing.FunctionBlock;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a forward pass may do that no graph can say: each is a refusal that says what to do. */
class TrapTest {
    private static final List<ArrayInput> INPUT = List.of(ArrayInput.batchOf("x", 3, 4));
    private static final List<SymbolicAxis> BATCH = List.of(SymbolicAxis.of("batch"));

    private static Trace trace(Block block) {
        return new Tracer(block, null).trace(INPUT, BATCH);
    }

    private static void refuses(Function<NDArray, NDArray> forward, String... parts) {
        assertThatThrownBy(() -> trace(FunctionBlock.ofOne(forward)))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void refusesAnArrayMadeElsewhereOnTheRight() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray loose = manager.ones(new Shape(4));
            refuses(x -> x.add(loose), "\"add\"", "not part of the network", "parameter");
        }
    }

    @Test
    void refusesAnArrayMadeElsewhereOnTheLeft() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray loose = manager.ones(new Shape(13, 3, 4));
            refuses(x -> loose.mul(x), "\"mul\"", "not part of the network");
        }
    }

    @Test
    void refusesAnIndexOfAnEnginesOwnArray() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray loose = manager.ones(new Shape(13, 3, 4));
            refuses(x -> loose.gather(x, 1), "\"gather\"", "not part of the network");
        }
    }

    @Test
    void refusesAnArrayMadeElsewhereAmongOthers() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray loose = manager.ones(new Shape(13, 3, 4));
            refuses(x -> NDArrays.concat(new NDList(x, loose), 1), "\"concat\"", "not part of");
        }
    }

    @Test
    void refusesToReadAValue() {
        refuses(x -> x.mul(x.getFloat(0, 0, 0)), "\"getFloat\"", "values", "in Java");
        refuses(x -> x.toFloatArray()[0] > 0 ? x : x.neg(), "\"toFloatArray\"", "in Java");
        refuses(x -> x.contentEquals(x) ? x : x.neg(), "\"contentEquals\"", "in Java");
    }

    @Test
    void namesTheLineOfTheBlock() {
        refuses(x -> x.mul(x.getFloat(0, 0, 0)), "FunctionBlock.java:");
    }

    @Test
    void followsAnInPlaceOperationWhoseResultIsIgnored() {
        Trace trace =
                trace(
                        FunctionBlock.ofOne(
                                x -> {
                                    NDArray y = x.mul(2);
                                    y.addi(1);
                                    return y;
                                }));

        Operand output = trace.outputs().get(0);
        assertThat(trace.calls().get(((Operand.Result) output).call()).operation())
                .isEqualTo("add");
    }

    @Test
    void refusesToReadAnotherViewOfMemoryThatWasChanged() {
        refuses(
                x -> {
                    NDArray y = x.mul(2);
                    NDArray view = y.reshape(-1, 12);
                    y.addi(1);
                    return view;
                },
                "in place",
                "another view");
    }

    @Test
    void refusesToChangeTheInputInPlace() {
        refuses(x -> x.addi(1), "\"addi\"", "in place", "input or a parameter");
    }

    @Test
    void refusesToSetPartsOfAnArray() {
        refuses(
                x -> {
                    NDArray y = x.mul(2);
                    y.set(new NDIndex(0), 1f);
                    return y;
                },
                "\"set\"",
                "in place",
                "concat");
    }

    @Test
    void refusesAnOperationWithoutTranslationByName() {
        refuses(NDArray::inverse, "\"inverse\"", "no translation", "matMul");
        refuses(NDArray::nonzero, "\"nonzero\"");
    }

    @Test
    void refusesAMaskBecauseTheShapeDependsOnData() {
        refuses(x -> x.get(x.gt(0)), "depends on data", "where");
    }

    @Test
    void refusesRandomNumbers() {
        refuses(
                x -> x.add(x.getManager().randomNormal(x.getShape())),
                "\"randomNormal\"",
                "random numbers");
    }

    @Test
    void refusesDifferentWorkForDifferentSizes() {
        refuses(
                x -> x.getShape().get(0) > 15 ? x.neg() : x.abs(),
                "different work",
                "{batch=13}",
                "{batch=17}");
        refuses(
                x -> {
                    NDArray y = x;
                    for (long i = 0; i < x.getShape().get(0); i++) {
                        y = y.add(1);
                    }
                    return y;
                },
                "different work");
    }

    @Test
    void refusesASizeThatFollowsTheAxisInNoKnownForm() {
        refuses(
                x -> {
                    long batch = x.getShape().get(0);
                    return x.getManager().zeros(new Shape(batch * (batch + 1) / 2));
                },
                "\"full\"",
                "no multiple of batch, nor a sum");
    }

    @Test
    void refusesOtherWorkAtALargeSize() {
        refuses(
                x -> x.getShape().get(0) > 50 ? x.neg() : x.abs(),
                "different work",
                "{batch=84}",
                "smaller maximum");
    }

    @Test
    void refusesValuesComputedFromTheSize() {
        refuses(
                x -> x.mul(x.getManager().create(new float[] {1f / x.getShape().get(0)})),
                "\"constant\"",
                "changes with the size");
    }

    @Test
    void refusesWhatIsDifferentAtBatchOne() {
        refuses(NDArray::squeeze, "{batch=1}", "larger minimum");
    }

    @Test
    void acceptsWhatIsDifferentAtBatchOneWhereTheBatchIsLarger() {
        Trace trace =
                new Tracer(FunctionBlock.ofOne(NDArray::squeeze), null)
                        .trace(
                                List.of(ArrayInput.batchOf("x", 1, 4)),
                                List.of(new SymbolicAxis("batch", 2, Long.MAX_VALUE)));

        assertThat(trace.type(trace.outputs().get(0)).toString()).isEqualTo("float32[batch, 4]");
    }

    @Test
    void refusesTrainingCalls() {
        refuses(x -> Dropout.dropout(new NDList(x).head()).head(), "\"dropout\"", "training");
        refuses(
                x -> {
                    NDArray ones = x.getManager().ones(new Shape(3));
                    return BatchNorm.batchNorm(x, ones, ones, ones, ones).head();
                },
                "\"batchNorm\"",
                "training");
    }

    @Test
    void refusesABlockWithoutWeights() {
        Block block = Linear.builder().setUnits(2).build();

        assertThatThrownBy(() -> trace(block))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("weight", "no value", "initialise");
    }

    @Test
    void refusesGhostBatchNormBecauseItLoopsOverTheBatch() {
        Block block = GhostBatchNorm.builder().optVirtualBatchSize(4).build();
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(8, 3, 4));

            assertThatThrownBy(() -> trace(block)).isInstanceOf(ExportException.class);
        }
    }

    @Test
    void namesASharedParameterByItsFirstPlace() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Linear shared = Linear.builder().setUnits(4).build();
            Block block = new SequentialBlock().add(shared).add(shared);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4));

            Trace trace = trace(block);

            assertThat(trace.weights())
                    .extracting(Trace.Named::name)
                    .containsExactly("Linear1.weight", "Linear1.bias");
            assertThat(trace.calls()).hasSize(2);
        }
    }

    @Test
    void keepsUserErrorsOfTheForwardPassWithTheirCause() {
        assertThatThrownBy(() -> trace(FunctionBlock.ofOne(x -> x.reshape(5, 5))))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("forward pass fails", "does not become")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesABlockThatRunsInsideAnEngine() {
        AbstractSymbolBlock exported =
                new AbstractSymbolBlock() {
                    @Override
                    protected NDList forwardInternal(
                            ParameterStore store,
                            NDList inputs,
                            boolean training,
                            PairList<String, Object> params) {
                        return inputs;
                    }

                    @Override
                    public ParameterList getDirectParameters() {
                        return new ParameterList();
                    }

                    @Override
                    public BlockList getChildren() {
                        return new BlockList();
                    }

                    @Override
                    public Shape[] getOutputShapes(Shape[] inputs) {
                        return inputs;
                    }
                };

        assertThatThrownBy(() -> trace(new SequentialBlock().add(exported)))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("exported already", "inside an engine");
    }

    @Test
    void refusesTwoParametersOfOneName() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock().add(Linear.builder().setUnits(4).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4));

            assertThatThrownBy(() -> new Tracer(block, path -> "weight"))
                    .isInstanceOf(ExportException.class)
                    .hasMessageContainingAll("weight", "two parameters");
        }
    }
}
