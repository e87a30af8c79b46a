/**
 * From graph to graph: each pass is one small class that makes a graph better without changing what
 * it computes.
 *
 * <h2>What is here</h2>
 *
 * {@link dev.vitrail.converter.pass.Passes#standard} lists them in order and repeats them until
 * nothing changes. After each one the graph is checked; a pass that fails is named.
 *
 * <ul>
 *   <li>{@code RemoveIdentities}: what gives its operand: dropout, casts, reshapes and slices that
 *       keep everything, plus zero, times one;
 *   <li>{@code ResolveShapes}: arithmetic on shapes whose result the types already state;
 *   <li>{@code FoldConstants}: arithmetic on small constants; weights in another shape;
 *   <li>{@code FuseAttention}: from opset 23 on, scaled dot-product attention as one operator;
 *   <li>{@code FuseTanhGelu}: from opset 20 on, the tanh form of GELU as one operator;
 *   <li>{@code MergeTransposes}, {@code MergeReshapes}: two in a row;
 *   <li>{@code FoldBatchNormalization}: into the convolution before it;
 *   <li>{@code MergeCommonSubexpressions}: the same twice;
 *   <li>{@code RemoveDeadCode}: what no output needs.
 * </ul>
 *
 * <h2>How to add one</h2>
 *
 * A class that implements {@link dev.vitrail.converter.pass.Pass}, a line in {@code
 * Passes.standard()}, and a test that says in text what the graph becomes and what is left alone.
 * {@code PassesTest} then runs it over every graph of its collection in ONNX Runtime.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>A pass decides on the unchanged graph and collects its changes in a {@link
 *       dev.vitrail.converter.graph.GraphEditor}, which applies them at once. There is no editing
 *       while walking.
 *   <li>Inputs and outputs keep their names and types: where an output cannot take its name along,
 *       the node before it stays.
 *   <li>Dead nodes are left for {@code RemoveDeadCode}; other passes need not clean up.
 *   <li>Weights are never read by a pass. What is computed from them (batch normalisation) is
 *       computed while the file is written.
 *   <li>Only arithmetic that gives the same bits everywhere is computed ahead.
 *   <li>No fusing into ONNX Runtime's own operators: files keep to the standard, and the recorded
 *       calls (layer norm, GELU, linear) are lowered whole, so there is nothing to find again by
 *       matching. Attention is the exception: DJL has no call for it, and the standard has an
 *       operator.
 * </ul>
 *
 * <h2>What it may use</h2>
 *
 * {@code graph} only.
 */
package dev.vitrail.converter.pass;
