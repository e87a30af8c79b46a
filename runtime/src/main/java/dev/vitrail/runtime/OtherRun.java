package dev.vitrail.runtime;

/**
 * What is to be resumed is the result of another run, of other model, options or files, or of one
 * that was not stopped.
 */
public final class OtherRun extends RuntimeFailure {
    private static final long serialVersionUID = 1L;

    OtherRun(String message) {
        super(message);
    }
}
