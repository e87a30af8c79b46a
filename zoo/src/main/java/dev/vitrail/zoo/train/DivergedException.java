package dev.vitrail.zoo.train;

import dev.vitrail.zoo.ZooException;

/** A training whose loss or gradients stopped being finite: its recipe is at fault. */
public final class DivergedException extends ZooException {

    private static final long serialVersionUID = 1;

    DivergedException(String message) {
        super(message);
    }
}
