package dev.vitrail.imaging;

/**
 * The size of a whole image after a resize; a long edge may be far above any that a config names.
 *
 * @param height rows
 * @param width columns
 */
public record Size(int height, int width) {}
