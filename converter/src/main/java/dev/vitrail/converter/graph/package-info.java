/**
 * An ONNX graph as plain, immutable data, and what can be done with one without knowing files, DJL
 * or any particular network.
 *
 * <h2>What is here</h2>
 *
 * <ul>
 *   <li>{@link dev.vitrail.converter.graph.Graph}: inputs, outputs, initializers, nodes in an order
 *       in which they can run. {@link dev.vitrail.converter.graph.Node} and {@link
 *       dev.vitrail.converter.graph.Initializer} refer to {@link
 *       dev.vitrail.converter.graph.Value}s, which carry their {@link
 *       dev.vitrail.converter.graph.TensorType}.
 *   <li>{@link dev.vitrail.converter.graph.Dim}: a number, or a named size ({@code batch}, {@code
 *       sequence}) times a factor. Any number of names may occur in one graph.
 *   <li>{@link dev.vitrail.converter.graph.TensorData}: where the bytes of a tensor are. Weights
 *       stay in the memory of whoever holds them until a file is written; only small constants are
 *       held here, and only they compare by content.
 *   <li>{@link dev.vitrail.converter.graph.GraphBuilder} collects a new graph; {@link
 *       dev.vitrail.converter.graph.GraphIndex} answers who gives and who uses a value.
 *   <li>{@link dev.vitrail.converter.graph.GraphEditor} collects changes and applies them at once;
 *       {@link dev.vitrail.converter.graph.GraphCheck} says what is wrong with a graph; {@link
 *       dev.vitrail.converter.graph.GraphText} prints and parses graphs, which is what golden tests
 *       compare.
 * </ul>
 *
 * <h2>What it may use</h2>
 *
 * Nothing of this project, no protobuf, no DJL.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>A graph never changes. It has some hundred to a few thousand nodes and a dozen passes run
 *       over it: copying costs nothing, equality answers "did anything change", and a pass that
 *       fails cannot leave half an edit.
 *   <li>A value is a record, not an object with an owner: nodes hold values, and a value is found
 *       again by its name. {@link dev.vitrail.converter.graph.GraphIndex} is made when needed and
 *       thrown away. Chosen against linked nodes with ownership, which larger libraries need for
 *       editing in place.
 *   <li>The opset is part of the graph, because the same node means different things at different
 *       versions.
 *   <li>No sub-graphs: a traced forward pass has no control flow.
 * </ul>
 */
package dev.vitrail.converter.graph;
