package dev.vitrail.converter.error;

/**
 * Something that whoever called the converter can mend: a network that cannot be exported, a target
 * that cannot be written, a file that is no ONNX model.
 *
 * <p>The message is one sentence that names the place (file or block path), the thing (field or
 * operation), the value, and what would be right. It is meant to be shown as it is.
 */
public final class ExportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message one sentence for the user
     */
    public ExportException(String message) {
        super(message);
    }

    /**
     * Creates an exception that keeps what led to it.
     *
     * @param message one sentence for the user
     * @param cause what was caught
     */
    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
