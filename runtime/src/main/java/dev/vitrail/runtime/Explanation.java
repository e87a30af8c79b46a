package dev.vitrail.runtime;

/**
 * What a network said of an image and where it looked.
 *
 * @param prediction the classes, or that the answer is not finite
 * @param attention the attention weights
 */
public record Explanation(Prediction prediction, Attention attention) {}
