/**
 * Training runs, their folders, and evaluation.
 *
 * <p>{@link dev.vitrail.zoo.train.Training} is the front door: a config and folders in, a {@link
 * dev.vitrail.zoo.train.Run} folder out, told step by step to a {@link
 * dev.vitrail.zoo.train.TrainingListener}. {@link dev.vitrail.zoo.train.Evaluator} measures any
 * network, whichever engine runs it; {@link dev.vitrail.zoo.train.Features} is what a run's encoder
 * makes of pictures, for the {@code probe} package.
 *
 * <p>What a training makes small is its {@code Objective}: {@code Classification}, or {@code
 * Reconstruction} where the config has a {@code pretraining} and labels are not looked at. Another
 * way of learning is another objective; the loop, the optimisers, averages, checkpoints and
 * resuming know none of them.
 *
 * <p>Uses {@code config}, {@code block}, {@code weights}, {@code grid}, {@code data}, {@code
 * imaging}, the DJL API and Jackson.
 *
 * <h2>What was decided</h2>
 *
 * <ul>
 *   <li>DJL's {@code Trainer} and {@code Optimizer} are not used. Its clipping does nothing on
 *       PyTorch, its Adam cannot give its moments away, and a failed save of its listener is logged
 *       and forgotten. What is used is its gradient collector and the engine's fused Adam call,
 *       with arguments that make it PyTorch's AdamW (see {@code AdamW}); its SGD call is another
 *       rule than PyTorch's (see {@code Sgd}).
 *   <li>Gradients are clipped to a global norm of 1, as in the ViT paper, unless the config says
 *       otherwise. The norm is measured anyway: a value that is not finite is found in the step
 *       that made it, before it reaches the weights.
 *   <li>Everything random in a step is seeded by the step's number, since the engine's generator
 *       can be seeded but not saved. What a later step depends on is therefore small and in one
 *       place, the {@code Checkpoint}: the weights and their average, the optimiser's state, and
 *       the {@code Position} in the data. Going on from it gives the same bits on the CPU. On a GPU
 *       sums are added in any order.
 *   <li>No number goes into what is recorded: DJL's {@code mul(Number)} leaves the engine's record
 *       pointing at memory that Java may collect before the backward pass, and the gradient comes
 *       out wrong, seldom and silently. See {@code Layers.scaled}.
 *   <li>A checkpoint is one file, so that its parts cannot be of different ages, with a checksum
 *       over all of it. Best weights and history are written before it: whatever is newer than the
 *       checkpoint is done again after a crash, and comes out the same. A test crashes a training
 *       before each write, force, rename, link and deletion, with and without what was not forced.
 *   <li>Several GPUs share each batch ({@code Replicas}): one process and one thread give each its
 *       piece, gradients are summed on the first, and its weights copied back. Not chosen: DJL's
 *       {@code Trainer}, which does the same over its parameter store, for the reasons above. With
 *       batch norms the statistics kept are those of the first piece, as with PyTorch's {@code
 *       DataParallel}. Tested with the CPU in place of several devices.
 *   <li>A picture that cannot be decoded keeps its place in the order, and makes its batch smaller.
 *       Not chosen: leaving it out of the order, which would then depend on how many such pictures
 *       were found before the first step, and that on this machine's memory.
 *   <li>There is no bfloat16 or float16 training: DJL 0.36 offers no autocast, and weights held in
 *       16 bits without a 32-bit copy lose small updates.
 *   <li>Steps have full batches; the few pictures left over in an epoch come in another epoch's
 *       order.
 *   <li>The engine records gradients or not by thread, and DJL can switch that on only. Inference
 *       therefore takes the wish for gradients off the weights while it runs, which works in any
 *       thread.
 *   <li>Every array of a step belongs to the step's manager, and gradients, which DJL attaches to
 *       the weights' manager on every request, are closed by hand. A test holds memory flat.
 *   <li>The history is written anew every epoch rather than appended to, so that no line is ever
 *       torn.
 * </ul>
 */
package dev.vitrail.zoo.train;
