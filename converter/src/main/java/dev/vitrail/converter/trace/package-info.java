/**
 * Runs a DJL block's own forward pass on arrays that compute nothing, and returns the calls that it
 * made.
 *
 * <h2>How it works</h2>
 *
 * <ul>
 *   <li>DJL's blocks reach everything through four interfaces: arrays, their layer operations, the
 *       manager that makes constants, and the parameter store. Each has a recording face here, all
 *       writing to one {@code Tape}. No block is changed, and none knows.
 *   <li>A {@link dev.vitrail.converter.trace.Call} is one of DJL's words with its operands and
 *       plain arguments: {@code linear}, {@code layerNorm}, {@code matMul}. Layers stay whole; what
 *       ONNX makes of them is not decided here.
 *   <li>Sizes are Java numbers while a block runs, so a batch of 13 is a 13 like any other. {@link
 *       dev.vitrail.converter.trace.BatchAxis} finds out which 13 is the batch by tracing again at
 *       17, and proves it at 1 and at a large size. What does not grow in proportion is traced at
 *       more sizes, until it is known as a sum ({@code sequence+1}) or as what strides leave of one
 *       ({@code floor((height+1)/2)}), or is refused.
 *   <li>Parameters have paths, calls have none: a call that reads a parameter belongs to the
 *       parameter's block, and those between to the block around both.
 * </ul>
 *
 * <h2>How to add an operation</h2>
 *
 * One method in {@code SymbolicArray} or {@code SymbolicOps} that records the word and says the
 * shape and number type of the result, as the PyTorch engine has them; then one entry in the table
 * of {@code lower}, and a case in {@code OperationGridTest}, which holds both against the engine
 * and ONNX Runtime.
 *
 * <h2>What it may use</h2>
 *
 * DJL's interfaces. Not ONNX, not the graph, and no engine: a network is traced without one where
 * its blocks need none.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>What is not written here becomes a refusal that names the operation, unless the caller
 *       registered it by name. That is the default, because DJL may grow operations and none may be
 *       exported wrongly. A test lists every method of DJL's arrays as recorded or knowingly not.
 *   <li>An in-place operation gives its array a new value. Other views of the same memory, which an
 *       engine would change too, may not be read any more; that is a refusal. Recording it as the
 *       operation without its effect would give a plausible, wrong graph.
 *   <li>A block that the caller translates as a whole is exchanged for a stand-in where its parent
 *       holds it, by reflection, and put back. DJL's {@code forward} cannot be overridden and tells
 *       nobody that a block begins, so there is no gentler place; a parent that holds it elsewhere
 *       is found out, because the stand-in did not run.
 *   <li>A size of −1 for the batch was not chosen: {@code reshape(batch, -1)} and {@code batch *
 *       windows} break it.
 *   <li>Arrays that carry numbers along, to ask an engine for shapes, were not chosen: they cost a
 *       forward pass and its memory. Shape rules are one line an operation, and tests hold them
 *       against the engine.
 * </ul>
 */
package dev.vitrail.converter.trace;
