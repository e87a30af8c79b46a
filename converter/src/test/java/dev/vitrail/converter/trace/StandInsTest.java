package dev.vitrail.converter.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.vitrail.converter.error.ExportException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandInsTest {
    private static final List<ArrayInput> INPUT = List.of(ArrayInput.batchOf("x", 4));
    private static final List<SymbolicAxis> BATCH = List.of(SymbolicAxis.of("batch"));

    /** Does what no trace can follow. */
    static class Opaque extends AbstractBlock {
        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return new NDList(inputs.head().mul(inputs.head().getFloat(0, 0)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    /** Holds blocks in fields of several kinds and runs them from there. */
    private static final class Parent extends AbstractBlock {
        private final Block first;
        private final List<Block> others;

        Parent(Block first, Block second) {
            this.first = addChildBlock("first", first);
            this.others = List.of(addChildBlock("second", second));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDList x = first.forward(store, inputs, training);
            return others.get(0).forward(store, x, training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    private static final class Strict extends AbstractBlock {
        private final Opaque opaque = addChildBlock("opaque", new Opaque());

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return opaque.forward(store, inputs, training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    private static Trace trace(Block network) {
        return new Tracer(network, null).whole(Opaque.class).trace(INPUT, BATCH);
    }

    private static List<String> words(Trace trace) {
        return trace.calls().stream().map(Call::operation).toList();
    }

    @Test
    void refusesTheBlockWhereItIsNotRegistered() {
        Block network = new SequentialBlock().add(new Opaque());

        assertThatThrownBy(() -> new Tracer(network, null).trace(INPUT, BATCH))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("\"getFloat\"");
    }

    @Test
    void findsItDeepInsideDjlsContainers() {
        Opaque opaque = new Opaque();
        Block network =
                new SequentialBlock()
                        .add(
                                new ParallelBlock(
                                        list ->
                                                new NDList(
                                                        NDArrays.add(
                                                                list.get(0).head(),
                                                                list.get(1).head())),
                                        List.of(
                                                new SequentialBlock().add(opaque),
                                                LambdaBlock.singleton(x -> x.neg()))));

        assertThat(words(trace(network)))
                .containsExactly("Opaque ParallelBlock.SequentialBlock.Opaque", "neg", "add");
        assertThat(
                        network.getChildren()
                                .values()
                                .get(0)
                                .getChildren()
                                .values()
                                .get(0)
                                .getChildren())
                .extracting(child -> (Object) child.getValue())
                .containsExactly(opaque);
    }

    @Test
    void findsItInFieldsAndListsOfAParent() {
        Parent network = new Parent(new Opaque(), new Opaque());
        Block first = network.first;
        List<Block> others = network.others;

        assertThat(words(trace(network))).containsExactly("Opaque first", "Opaque second");
        assertThat(network.first).isSameAs(first);
        assertThat(network.others).isSameAs(others);
    }

    @Test
    void isTheNetworkItselfWhereThatIsRegistered() {
        assertThat(words(trace(new Opaque()))).containsExactly("Opaque");
    }

    @Test
    void recordsABlockThatIsUsedTwiceTwice() {
        Opaque shared = new Opaque();

        assertThat(words(trace(new SequentialBlock().add(shared).add(shared))))
                .containsExactly("Opaque Opaque1", "Opaque Opaque1");
    }

    @Test
    void givesTheParametersBehindTheInputs() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network =
                    new SequentialBlock()
                            .add(new SequentialBlock().add(Linear.builder().setUnits(5).build()));
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 4));

            Trace trace = new Tracer(network, null).whole(Linear.class).trace(INPUT, BATCH);

            assertThat(trace.calls())
                    .singleElement()
                    .satisfies(
                            call -> {
                                assertThat(call.operands())
                                        .containsExactly(
                                                new Operand.Input(0),
                                                new Operand.Weight(0),
                                                new Operand.Weight(1));
                                assertThat(call.result().toString()).isEqualTo("float32[batch, 5]");
                                assertThat(call.block()).isEqualTo("SequentialBlock.Linear");
                            });
        }
    }

    @Test
    void refusesAFieldThatTakesNoOther() {
        Strict network = new Strict();

        assertThatThrownBy(() -> trace(network))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("Strict.opaque", "takes only a Opaque", "as Block");
        assertThat(network.getChildren().values()).containsExactly(network.opaque);
    }

    /** Keeps its block where nobody looks, besides in the list of children. */
    private static final class Elsewhere extends AbstractBlock {
        private final Map<String, Block> kept =
                Map.of(
                        "kept",
                        addChildBlock(
                                "kept",
                                new Opaque() {
                                    @Override
                                    protected NDList forwardInternal(
                                            ParameterStore store,
                                            NDList inputs,
                                            boolean training,
                                            PairList<String, Object> params) {
                                        return new NDList(inputs.head().neg());
                                    }
                                }));

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return kept.get("kept").forward(store, inputs, training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    @Test
    void refusesAParentThatHoldsItElsewhere() {
        assertThatThrownBy(() -> trace(new Elsewhere()))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("Opaque kept", "does not run it", "CustomOperation");
    }
}
