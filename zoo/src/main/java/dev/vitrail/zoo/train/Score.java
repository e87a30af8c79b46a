package dev.vitrail.zoo.train;

import java.util.OptionalDouble;

/**
 * How a network did on the validation pictures.
 *
 * @param loss the mean over them
 * @param top1 share of them that was right, 0 to 1; empty where nothing is classified
 */
record Score(double loss, OptionalDouble top1) {}
