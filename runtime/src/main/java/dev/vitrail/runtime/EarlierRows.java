package dev.vitrail.runtime;

/**
 * The rows that a resumed run finds in its result.
 *
 * @param rows how many
 * @param failed how many of them are errors
 * @param unsure how many of them are unsure
 * @param lastPath the path of the last one, or null if there is none
 */
public record EarlierRows(int rows, int failed, int unsure, String lastPath) {
    /** What a run that begins anew finds. */
    public static final EarlierRows NONE = new EarlierRows(0, 0, 0, null);
}
