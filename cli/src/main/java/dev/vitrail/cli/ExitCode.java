package dev.vitrail.cli;

/** What the process says to the shell when it ends. */
enum ExitCode {
    /** Everything asked for was done. */
    DONE(0),
    /** The work failed: a bad file, a full disk, a verification that did not hold. */
    FAILED(1),
    /** Wrong use: an unknown option, a bad config, a path that does not exist. */
    WRONG_USE(2),
    /** Stopped by Ctrl-C (128 + SIGINT). */
    INTERRUPTED(130),
    /** The reader of standard output went away (128 + SIGPIPE), as {@code head} does. */
    OUTPUT_CLOSED(141),
    /** Stopped by SIGTERM (128 + 15). */
    TERMINATED(143);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
