/**
 * Labelled images in folders: listed, split, shuffled, decoded and batched in the background.
 * Nothing here knows of networks or of the engine; a {@link dev.vitrail.zoo.data.Batch} is a buffer
 * of floats. {@link dev.vitrail.zoo.data.SoftTargets} says what it is compared with, and mixes its
 * pictures where the config asks for MixUp or CutMix, seeded by (seed, epoch, number of the batch).
 *
 * <p>Uses {@code imaging}, {@code config} and the JDK.
 *
 * <h2>What was decided</h2>
 *
 * <ul>
 *   <li>Random numbers are addressed, not drawn in turn ({@link dev.vitrail.zoo.data.Seeds}): a
 *       sample's augmentation depends on (seed, epoch, index), so the number of threads changes
 *       nothing and an epoch can be begun in the middle. Not chosen: one generator a thread, which
 *       is what most loaders do and what makes their runs depend on timing.
 *   <li>A task of the loader is one whole batch. Not chosen: one task a sample; with a few threads
 *       it gains only in the first batch and costs a hand-over a sample.
 *   <li>A picture that cannot be decoded makes its batch smaller. Not chosen: taking another in its
 *       place, after which the order of all later ones would depend on it.
 *   <li>What is decoded stays in memory while it fits and nothing is thrown out, because each epoch
 *       reads every picture once: the least recently used one is the next to be wanted.
 *   <li>Classes are sorted by code points and hidden means a leading dot, on every system: class
 *       numbers are part of the model.
 * </ul>
 *
 * <p>{@link dev.vitrail.zoo.data.DrawnDataset} draws a set for those who have none. To add a class
 * of shapes, add a constant to {@link dev.vitrail.zoo.data.DrawnShape}.
 */
package dev.vitrail.zoo.data;
