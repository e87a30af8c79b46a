package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Value;
import java.util.List;

/** Turns one recorded call into ONNX nodes. */
@FunctionalInterface
public interface Translation {

    /**
     * Adds the nodes of one call to the graph.
     *
     * @param emission the call, its operands as values of the graph, and ways to add nodes
     * @return one value for each result of the call
     */
    List<Value> emit(Emission emission);
}
