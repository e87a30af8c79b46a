package dev.vitrail.cli;

/** An end of the command that the user should understand: one sentence and an exit code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    private Failure(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    static Failure wrongUse(String message) {
        return new Failure(ExitCode.WRONG_USE, message, null);
    }

    static Failure failed(String message) {
        return new Failure(ExitCode.FAILED, message, null);
    }

    static Failure failed(String message, Throwable cause) {
        return new Failure(ExitCode.FAILED, message, cause);
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
