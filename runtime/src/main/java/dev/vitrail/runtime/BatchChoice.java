package dev.vitrail.runtime;

/**
 * How many images went through the session at once, and why.
 *
 * @param images images in one run of the session, at the end of the run
 * @param reason one clause, such as "the fastest of 8, 4, 2 and 1 on the first 104 images"
 */
public record BatchChoice(int images, String reason) {}
