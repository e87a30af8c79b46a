package dev.vitrail.zoo.config;

import java.util.Comparator;
import java.util.List;

/** What somebody may have meant. */
final class NearestKey {

    private NearestKey() {}

    /** The known key that the fewest insertions, deletions and replacements away. */
    static String among(List<String> known, String key) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(candidate, key)))
                .orElseThrow();
    }

    /** Levenshtein's distance, row by row. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
