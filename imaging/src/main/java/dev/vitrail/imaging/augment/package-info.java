/**
 * Random changes of training images. {@link dev.vitrail.imaging.augment.Augmentation} is a change
 * of bytes, {@link dev.vitrail.imaging.augment.RandomErasing} one of what the network is fed.
 *
 * <p>Uses {@code dev.vitrail.imaging} and the JDK; nothing in {@code dev.vitrail.imaging} knows of
 * it.
 *
 * <h2>Whose definitions</h2>
 *
 * <ul>
 *   <li>Random resized crop, flips, rotation, affine, colour jitter, gray and TrivialAugmentWide
 *       are torchvision's on Pillow's images; RandAugment with its policy strings, and random
 *       erasing, are timm's; the three changes are DeiT III's.
 *   <li>The bytes of every operation are Pillow's, proved by reference arrays for given arguments.
 *       Which arguments are drawn follows the same distributions; the generators differ, so no seed
 *       gives the same images here and there.
 *   <li>Not there: AutoAugment's learnt policies and AugMix, which no ViT recipe of today uses, and
 *       timm's weighted operation sets, which it calls experimental.
 * </ul>
 *
 * <h2>What was decided</h2>
 *
 * <ul>
 *   <li>Every random choice comes from the generator that is passed in, so a sample's change
 *       depends on nothing but its seed, whichever thread makes it.
 *   <li>{@code Augmentation} is an open interface: users bring changes of their own, and nothing
 *       here has to tell one kind from another.
 * </ul>
 *
 * <h2>To add one</h2>
 *
 * A record that implements {@code Augmentation}; its pixel operation in {@code Levels}, {@code
 * Blur} or {@code AffineMap}, with a case of Pillow's in the tests.
 */
package dev.vitrail.imaging.augment;
