/**
 * Pixels: decode, orient, resize, crop, normalise, augment. Shared by training and inference, so
 * that the two cannot differ.
 */
package dev.vitrail.imaging;
