package dev.vitrail.runtime;

/**
 * One row of a result.
 *
 * @param path the image's path as {@link ImageFiles#name} gives it
 * @param prediction what became of the image
 */
public record ResultRow(String path, Prediction prediction) {}
