package dev.vitrail.zoo.config;

/**
 * What the records of this package refuse. It stands outside of them because a nested record that
 * calls its outer one while both hold constants makes the two initialise each other.
 */
final class Rule {

    private Rule() {}

    static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
