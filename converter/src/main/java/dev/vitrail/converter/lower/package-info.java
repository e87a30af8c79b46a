/**
 * Turns recorded DJL calls into ONNX nodes.
 *
 * <p>{@code OperationTable} is the one table: DJL's word to a {@link
 * dev.vitrail.converter.lower.Translation}. A translation is given an {@link
 * dev.vitrail.converter.lower.Emission}, the call with its operands as values of the graph, and
 * adds nodes. Everything that differs between versions of ONNX's operators is in the translations
 * and asks {@code emission.opset()}.
 *
 * <h2>How to add an operation</h2>
 *
 * One line in {@code OperationTable}, with the method that it names in the class of its kind.
 * Callers add their own without changing this library: {@code Exporter.block} for a class of
 * blocks, {@code Exporter.operation} for an array operation, translations in the export's options
 * for the word of a {@link dev.vitrail.converter.trace.CustomOperation} or instead of one in the
 * table.
 *
 * <h2>What it may use</h2>
 *
 * {@code trace} and {@code graph}. Not DJL: a trace is plain data.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>A size that changes with a symbolic axis stays out of the graph where ONNX can work it out:
 *       −1 or 0 in a reshape, the largest integer as the end of a slice, 1 for a kept axis in an
 *       expansion. Only what is left is read off an input's shape, once.
 *   <li>The weight of a linear layer is transposed while it is written, not by a node, except where
 *       a row of numbers per image makes it a {@code Gemm}, which transposes by itself.
 *   <li>Numbers are computed in the type that PyTorch's promotion gives. Integers below 32 bits go
 *       through 32, because ONNX Runtime has no arithmetic for them.
 *   <li>Nothing is optimised here; that is what passes are for.
 * </ul>
 */
package dev.vitrail.converter.lower;
