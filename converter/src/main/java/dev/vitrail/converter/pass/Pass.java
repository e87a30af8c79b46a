package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Graph;

/**
 * A step from graph to graph that does not change what the graph computes, nor its inputs and
 * outputs.
 */
@FunctionalInterface
public interface Pass {

    /**
     * Looks at a graph and makes a better one.
     *
     * @param graph a graph that keeps the invariants of {@link
     *     dev.vitrail.converter.graph.GraphCheck}
     * @return another such graph, or the same one if there is nothing to do
     */
    Graph apply(Graph graph);

    /**
     * What the pass is called in messages.
     *
     * @return the class name, unless said otherwise
     */
    default String name() {
        return getClass().getSimpleName();
    }
}
