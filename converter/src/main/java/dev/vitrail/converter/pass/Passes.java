package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphCheck;
import java.util.List;

/**
 * Passes in order, repeated until none of them changes anything: folding makes dead code, and
 * removing an identity lets two transposes meet.
 *
 * @param passes the passes, in the order in which they run
 */
public record Passes(List<Pass> passes) implements Pass {
    /** More rounds than any graph has needed; two passes that undo each other would need more. */
    private static final int ROUNDS = 20;

    /**
     * Copies what can change.
     *
     * @param passes as the component
     */
    public Passes {
        passes = List.copyOf(passes);
    }

    /**
     * The passes that every export runs.
     *
     * @return all passes of this package
     */
    public static Passes standard() {
        return new Passes(
                List.of(
                        new RemoveIdentities(),
                        new ResolveShapes(),
                        new FoldConstants(),
                        // Before transposes meet: the key's own is what it looks for.
                        new FuseAttention(),
                        new FuseTanhGelu(),
                        new MergeTransposes(),
                        new MergeReshapes(),
                        new FoldBatchNormalization(),
                        new MergeCommonSubexpressions(),
                        new RemoveDeadCode()));
    }

    /**
     * Runs the passes.
     *
     * @param graph the graph
     * @return the graph that none of the passes changes any more
     * @throws IllegalStateException naming the pass that failed or left a broken graph
     */
    @Override
    public Graph apply(Graph graph) {
        Graph before = graph;
        for (int round = 0; round < ROUNDS; round++) {
            Graph after = before;
            for (Pass pass : passes) {
                after = run(pass, after);
            }
            if (after.equals(before)) {
                return after;
            }
            before = after;
        }
        throw new IllegalStateException(
                "the passes still change graph " + graph.name() + " after " + ROUNDS + " rounds");
    }

    private static Graph run(Pass pass, Graph graph) {
        try {
            return GraphCheck.require(pass.apply(graph));
        } catch (RuntimeException e) {
            throw new IllegalStateException("pass " + pass.name() + ": " + e.getMessage(), e);
        }
    }
}
