package dev.vitrail.imaging.augment;

/** What several augmentations ask of their arguments. */
final class Check {
    private Check() {}

    static void probability(double probability) {
        that(probability >= 0 && probability <= 1, "probability", probability, "must be 0 to 1");
    }

    static void rising(String field, double from, double to) {
        that(
                from <= to && Double.isFinite(from) && Double.isFinite(to),
                field,
                from + " to " + to,
                "must be two numbers that do not fall");
    }

    static void that(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", " + rule);
        }
    }
}
