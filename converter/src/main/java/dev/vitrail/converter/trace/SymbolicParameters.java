package dev.vitrail.converter.trace;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/**
 * Gives blocks a recording array wherever they ask for a parameter: the only way they can get one.
 */
final class SymbolicParameters extends ParameterStore {
    private final Tape tape;

    SymbolicParameters(Tape tape) {
        super(tape.manager(), false);
        this.tape = tape;
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean training) {
        if (parameter == null) {
            return null;
        }
        if (training) {
            throw Refusal.training(tape, "getValue");
        }
        return tape.weight(parameter);
    }
}
