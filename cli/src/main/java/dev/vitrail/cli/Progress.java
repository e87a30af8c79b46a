package dev.vitrail.cli;

/** How far a long task has come, shown on standard error. */
interface Progress extends AutoCloseable {
    /**
     * Says how far the task is.
     *
     * @param done units done so far
     * @param message what else is worth knowing, short (loss, failures); may be empty
     */
    void update(long done, String message);

    /**
     * Says that the task turned out to be larger or smaller than was said at its beginning.
     *
     * @param total units that there will be
     */
    void expect(long total);

    /**
     * Writes a line that stays, above the display.
     *
     * @param line such as the figures of an epoch
     */
    void say(String line);

    /** Ends the display and leaves its last state to be read. */
    @Override
    void close();
}
