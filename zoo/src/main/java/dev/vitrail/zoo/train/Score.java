package dev.vitrail.zoo.train;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a network did on the validation pictures.
 *
 * @param loss the mean over them
 * @param evaluation all figures; empty where nothing is classified
 */
record Score(double loss, Optional<Evaluation> evaluation) {

    /** The share that was right, 0 to 1; empty where nothing is classified. */
    OptionalDouble top1() {
        return evaluation.stream().mapToDouble(Evaluation::top1).findFirst();
    }
}
