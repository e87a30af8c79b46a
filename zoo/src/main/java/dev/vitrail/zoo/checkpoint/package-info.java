/**
 * Other projects' checkpoints, in and out.
 *
 * <p>{@link dev.vitrail.zoo.checkpoint.Checkpoint} opens a file or folder and finds the {@code
 * Family}; its {@link dev.vitrail.zoo.checkpoint.ImportPlan} says what network it is and, in a
 * {@link dev.vitrail.zoo.checkpoint.Ledger}, what becomes of every tensor; then it writes a run
 * folder, tensor by tensor.
 *
 * <p><b>How it works.</b> What wrappers put before every name is taken off. A {@code NameMap} is a
 * table of names of theirs and ours with the {@code Step} in between, read in both directions.
 * Names lead from their tensors to ours, so one {@code Detection} reads the network from our names
 * and shapes for all families; what shapes do not show (heads, epsilon, activation) is the family's
 * {@code Dialect}. The network that would be built from that says which tensors it wants, and every
 * one is compared before any value is read.
 *
 * <p>Where another input size is wanted, the plan is made for the checkpoint's own, and {@code
 * Regridded} then changes the two tensors that depend on it.
 *
 * <p><b>May use</b> {@code config}, {@code block}, {@code weights}, {@code grid}, {@code train} for
 * the run folder, {@code imaging}, Jackson and DJL's API.
 *
 * <p><b>Adding a family.</b> One class that is a {@code Family}: its table, the names it is known
 * by, its defaults, its config files; and one line in {@code Families}.
 *
 * <p><b>Decided.</b> A tensor that is missing makes no other network: detection takes what most of
 * the others show, so that the missing one is named. Values are read once, when they are written,
 * and refused there if not finite; what is written appears under its name only when whole. A config
 * beside the weights may say what shapes cannot, never other sizes than they show.
 */
package dev.vitrail.zoo.checkpoint;
