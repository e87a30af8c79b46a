/** Labelled images in folders, split, shuffled and batched in the background. */
package dev.vitrail.zoo.data;
