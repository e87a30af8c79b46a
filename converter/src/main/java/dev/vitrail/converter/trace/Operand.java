package dev.vitrail.converter.trace;

/** An array that a call reads. */
public sealed interface Operand {

    /**
     * An input of the network.
     *
     * @param index which one, from 0
     */
    record Input(int index) implements Operand {}

    /**
     * A parameter of the network.
     *
     * @param index its place in {@link Trace#weights()}
     */
    record Weight(int index) implements Operand {}

    /**
     * A result of an earlier call.
     *
     * @param call place of the call in {@link Trace#calls()}
     * @param output which of its results, from 0
     */
    record Result(int call, int output) implements Operand {}

    /** An optional array that was not given, such as the bias of a linear layer without one. */
    record Absent() implements Operand {}
}
