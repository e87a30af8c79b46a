package dev.vitrail.zoo.config;

/**
 * One thing that is wrong with a config.
 *
 * @param path where in the document, such as {@code model.heads} or {@code labels[3]}; empty for
 *     the document itself
 * @param line from 1; 0 where the file could not be read at all
 * @param column from 1; 0 likewise
 * @param message a sentence that begins with the path and its value and says what would be right
 */
public record ConfigProblem(String path, int line, int column, String message) {

    /** A problem of the file, not of a place in it. */
    static ConfigProblem ofFile(String message) {
        return new ConfigProblem("", 0, 0, message);
    }

    /**
     * The problem as a line of output.
     *
     * @param origin the file's name
     * @return {@code origin:line:column: message}
     */
    public String describe(String origin) {
        return line == 0
                ? origin + ": " + message
                : origin + ":" + line + ":" + column + ": " + message;
    }
}
