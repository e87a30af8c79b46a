/**
 * Runs an exported file in ONNX Runtime and the network that it came from in DJL, and compares.
 *
 * <p>Shape rules and translations can be wrong in ways that no look at the graph shows. What counts
 * is the numbers: random inputs at sizes that were never traced, real images where the caller has
 * some, with ONNX Runtime's optimisations on and off. How much may differ has a reason: at most
 * {@link dev.vitrail.converter.verify.VerificationOptions#TOLERANCE}, and less where a run in
 * double precision shows that the network rounds less.
 *
 * <h2>What it may use</h2>
 *
 * DJL, ONNX Runtime (nothing else in this module does), and the inputs' descriptions of {@code
 * trace}.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>Differences are relative to the largest number of an output, not number by number: a logit
 *       near zero is a difference of large numbers inside the network and carries their rounding.
 *   <li>Integers and truth values must be equal.
 *   <li>A difference that is no number, because one side overflows and the other does not, is
 *       infinite.
 *   <li>What rounding does is measured, not assumed: one tolerance for every network is either too
 *       narrow for some or lets a wrong epsilon pass in others. Networks above 100 million
 *       parameters, and blocks that name single precision, keep the one tolerance.
 * </ul>
 */
package dev.vitrail.converter.verify;
