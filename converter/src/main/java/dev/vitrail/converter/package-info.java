/**
 * Exports any DJL network to ONNX by tracing its forward pass.
 *
 * <p>{@link dev.vitrail.converter.Exporter} is the front door. This is all that an export needs:
 *
 * <pre>{@code
 * Block network =
 *         new SequentialBlock()
 *                 .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(8).build())
 *                 .add(Activation::relu)
 *                 .add(Pool.globalAvgPool2dBlock())
 *                 .add(Linear.builder().setUnits(5).build());
 * network.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
 * ExportReport report =
 *         new Exporter(network, ExportOptions.defaults())
 *                 .input("pixel_values", 3, 32, 32)
 *                 .export(folder.resolve("network.onnx"));
 * }</pre>
 *
 * <p>The file computes what the network computes: it was run in ONNX Runtime against DJL at several
 * batch sizes before it got its name, and the report says how large the largest difference was.
 * What cannot be exported is refused with the block, the operation, and what to do; {@code
 * COVERAGE.md} lists what can.
 *
 * <h2>What the exporter does not know</h2>
 *
 * A translation for a class of blocks, or for an array operation, is given to the exporter; neither
 * the network nor this library changes:
 *
 * <pre>{@code
 * Exporter exporter =
 *         new Exporter(network, ExportOptions.defaults())
 *                 .input("x", 4)
 *                 // Reads values in Java, which no trace can follow; ONNX can say it.
 *                 .block(
 *                         Threshold.class,
 *                         block ->
 *                                 e ->
 *                                         List.of(
 *                                                 e.node(
 *                                                         "ThresholdedRelu",
 *                                                         e.call().result(),
 *                                                         Map.of(
 *                                                                 "alpha",
 *                                                                 Attribute.of(block.limit())),
 *                                                         e.operand(0))))
 *                 // Of diagonal matrices; the result is of the operand's type.
 *                 .operation(
 *                         "inverse",
 *                         (operands, arguments) -> operands,
 *                         e -> List.of(e.result("Where", isZero(e), zero(e), reciprocal(e))));
 * }</pre>
 *
 * <h2>What happens inside</h2>
 *
 * {@link dev.vitrail.converter.Exporter#observe} hands out results from inside the network, found
 * by their operation and the path of their block: attention weights are the {@code softmax} of
 * blocks called {@code attn}. The network needs no change and returns what it returned.
 *
 * <h2>How the parts follow each other</h2>
 *
 * {@code trace} records the forward pass in DJL's words and finds the symbolic axes, {@code lower}
 * says them in ONNX's words for the version that was asked for, {@code pass} improves the graph,
 * {@code onnx} writes it, {@code verify} runs it. {@code graph} is what they hand each other. Only
 * this package knows all of them.
 *
 * <h2>What it may use</h2>
 *
 * Of DJL only the types in its signatures, {@code Block} and {@code Parameter}.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>Tracing, not a converter for each block: a second description of every network would have
 *       to be kept true, and lambdas have none.
 *   <li>Weights are referred to from the block's memory to the file; they are never copied whole.
 *   <li>A file that does not verify is not written. There is an option not to look, none to keep
 *       it.
 * </ul>
 */
package dev.vitrail.converter;
