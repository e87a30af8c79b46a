package dev.vitrail.converter.trace;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.vitrail.converter.error.ExportException;
import java.util.Optional;

/** The sentences by which tracing says no: where in the network, which operation, what to do. */
final class Refusal {
    private Refusal() {}

    static ExportException looseArray(Tape tape, String operation, Shape shape) {
        return of(
                tape,
                operation,
                "it meets an array "
                        + shape
                        + " that is not part of the network; make it a parameter that is not"
                        + " trained, or create it from the input's manager");
    }

    static ExportException valueRead(Tape tape, String operation) {
        return of(
                tape,
                operation,
                "it reads the values of an array in Java, and what is decided on them would be"
                        + " frozen; express it with array operations such as where");
    }

    static ExportException inPlace(Tape tape, String operation, String why) {
        return of(tape, operation, "it changes an array in place, " + why);
    }

    static ExportException training(Tape tape, String operation) {
        return of(
                tape,
                operation,
                "it was called for training; a forward pass must hand on the training flag that it"
                        + " was given");
    }

    static ExportException random(Tape tape, String operation) {
        return of(tape, operation, "random numbers at inference cannot be exported");
    }

    static ExportException unsupported(Tape tape, String operation) {
        return of(
                tape,
                operation,
                "there is no translation for it; register one with Exporter.operation, or for its"
                        + " block with Exporter.block, or use the supported operations: "
                        + String.join(", ", SupportedOperations.NAMES));
    }

    static ExportException of(Tape tape, String operation, String reason) {
        String where = tape.lastBlock().isEmpty() ? "the network" : "block " + tape.lastBlock();
        return new ExportException(
                where
                        + codeLocation().map(line -> " (" + line + ")").orElse("")
                        + ": cannot export \""
                        + operation
                        + "\": "
                        + reason);
    }

    /** The innermost line of a block's own code: the only exact place that DJL lets us know. */
    private static Optional<String> codeLocation() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(
                        frames ->
                                frames.filter(
                                                frame ->
                                                        Block.class.isAssignableFrom(
                                                                enclosing(
                                                                        frame.getDeclaringClass())))
                                        .map(
                                                frame ->
                                                        frame.getFileName()
                                                                + ":"
                                                                + frame.getLineNumber())
                                        .findFirst());
    }

    private static Class<?> enclosing(Class<?> type) {
        Class<?> outer = type;
        while (outer.getEnclosingClass() != null && !Block.class.isAssignableFrom(outer)) {
            outer = outer.getEnclosingClass();
        }
        return outer;
    }
}
