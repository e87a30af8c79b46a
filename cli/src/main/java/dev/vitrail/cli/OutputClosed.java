package dev.vitrail.cli;

import java.io.IOException;

/** Standard output can take no more: its reader left, or its disk is full. */
final class OutputClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final IOException reason;

    OutputClosed(IOException reason) {
        super(reason);
        this.reason = reason;
    }

    IOException reason() {
        return reason;
    }

    /** Whether the reader left (as {@code head} does), which is no failure to speak of. */
    boolean readerLeft() {
        String message = reason.getMessage();
        return message != null && message.contains("Broken pipe");
    }
}
