package dev.vitrail.runtime;

/**
 * A problem that the user or the machine's owner can mend: a model file that cannot be used, a
 * provider that is not there, a result that cannot be written, a session that failed.
 *
 * <p>The message is one sentence that names the file, what is wrong with it, and what would be
 * right. An image that cannot be read is not such a failure: it is a {@link Prediction.Failed}.
 */
public sealed class RuntimeFailure extends RuntimeException permits OutOfSessionMemory, OtherRun {
    private static final long serialVersionUID = 1L;

    /**
     * A failure found by this module itself.
     *
     * @param message one sentence for the user
     */
    public RuntimeFailure(String message) {
        super(message);
    }

    /**
     * A failure that something underneath reported.
     *
     * @param message one sentence for the user
     * @param cause what the library or the file system said
     */
    public RuntimeFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
