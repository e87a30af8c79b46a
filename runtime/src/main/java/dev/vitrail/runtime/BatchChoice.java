package dev.vitrail.runtime;

/**
 * How many images went through the session at once, and why.
 *
 * @param images images in one run of the session, at the end of the folder's run
 * @param runs how many runs of the session there were at a time
 * @param reason one clause about the images, such as "the best of 4, 2, 1 on the first 36 images"
 */
public record BatchChoice(int images, int runs, String reason) {}
