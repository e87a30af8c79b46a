/**
 * Search for a better recipe: a plan of trials, each an ordinary training, and the table of what
 * they came to.
 *
 * <p>{@link dev.vitrail.zoo.sweep.SweepPlan} says what is trained in which order, {@link
 * dev.vitrail.zoo.sweep.Sweep} trains it in a folder, and {@link
 * dev.vitrail.zoo.sweep.SweepResults} compares. Who shows the trainings is given as a {@link
 * dev.vitrail.zoo.sweep.Sweep.Trainer}; there is no training loop here.
 *
 * <p>Uses {@code train}, {@code config}, {@code data}, {@code weights} and Jackson. Another way of
 * choosing values is another {@code Candidates}; another figure to compare by is a constant of
 * {@link dev.vitrail.zoo.sweep.Metric}.
 *
 * <h2>What was decided</h2>
 *
 * <ul>
 *   <li>Random values are addressed by seed, draw and key, not drawn in turn: a trial is the same
 *       whatever was trained before it, and a sweep can be made longer. Not chosen: search that
 *       learns from earlier trials, whose plan would depend on what a machine's arithmetic gave.
 *   <li>Drawn numbers have four digits, so that what a table shows is what was trained.
 *   <li>The number of trials is that of trainings, draws and grid together, so that it is what the
 *       time is proportional to.
 *   <li>One file, {@code sweep.json}, says what is done, and is replaced whole. A trial that was
 *       killed after its last step and before that is found by its checkpoint and ends at once.
 *   <li>Every trial's config is made before the first is trained: the last of a night's trials must
 *       not be the one to find a typing error.
 *   <li>A result's figure is that of the epoch whose weights are kept, not the best that the metric
 *       had in any epoch: it is what an export of the run gives.
 * </ul>
 */
package dev.vitrail.zoo.sweep;
