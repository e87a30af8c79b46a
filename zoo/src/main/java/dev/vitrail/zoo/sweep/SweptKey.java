package dev.vitrail.zoo.sweep;

import dev.vitrail.zoo.config.InputException;

/**
 * A key of the config and the values that it is to have in turn.
 *
 * @param key its path, such as {@code training.optimizer.learning_rate}
 * @param text the values as they were given
 * @param candidates what they mean
 */
record SweptKey(String key, String text, Candidates candidates) {

    /** Reads {@code KEY=VALUE,VALUE}. */
    static SweptKey ofGrid(String given) {
        String text = textOf("--grid", given);
        return new SweptKey(keyOf(given), text, Candidates.Listed.parse("--grid " + given, text));
    }

    /** Reads {@code KEY=LOW..HIGH} or {@code KEY=VALUE,VALUE}. */
    static SweptKey ofRandom(String given) {
        String text = textOf("--random", given);
        String where = "--random " + given;
        return new SweptKey(
                keyOf(given),
                text,
                Candidates.Range.isMeant(text)
                        ? Candidates.Range.parse(where, text)
                        : Candidates.Listed.parse(where, text));
    }

    private static String keyOf(String given) {
        return given.substring(0, given.indexOf('=')).strip();
    }

    private static String textOf(String option, String given) {
        int equals = given.indexOf('=');
        if (equals < 1 || equals == given.length() - 1) {
            throw new InputException(
                    option
                            + " "
                            + given
                            + ": must be a key and its values, such as "
                            + (option.equals("--grid")
                                    ? "training.seed=0,1,2"
                                    : "training.optimizer.learning_rate=1e-5..1e-2:log"));
        }
        return given.substring(equals + 1).strip();
    }

    /** Whether a value for one key would change the other's. */
    boolean overlaps(SweptKey other) {
        return (key + ".").startsWith(other.key + ".") || (other.key + ".").startsWith(key + ".");
    }

    @Override
    public String toString() {
        return key + "=" + text;
    }
}
