package dev.vitrail.zoo.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The classes: the {@code labels} of a config, in the order of the logits. */
public sealed interface Labels {

    /** As many classes as a config may have. */
    int MAXIMUM = 1_000_000;

    /**
     * The label of each class.
     *
     * @return one or more, no two alike
     */
    List<String> names();

    /**
     * The number of classes.
     *
     * @return at least 1
     */
    default int count() {
        return names().size();
    }

    /**
     * Labels given by name.
     *
     * @param names one or more, no two alike
     * @return the labels
     */
    static Labels of(List<String> names) {
        return new Listed(names);
    }

    /**
     * Written in the config itself.
     *
     * @param names one or more, no two alike
     */
    record Listed(List<String> names) implements Labels {

        /**
         * Copies and checks the names.
         *
         * @param names as the component
         * @throws IllegalArgumentException naming the component
         */
        public Listed {
            names = checked(names);
        }
    }

    /**
     * Written in a file beside the config, a line each.
     *
     * @param file as the config names it
     * @param names what was read from it
     */
    record FromFile(String file, List<String> names) implements Labels {

        /**
         * Copies and checks the names.
         *
         * @param file as the component
         * @param names as the component
         * @throws IllegalArgumentException naming the component
         */
        public FromFile {
            names = checked(names);
        }
    }

    /**
     * Only counted: each class is called by its index.
     *
     * @param count number of classes
     */
    record Counted(int count) implements Labels {

        /**
         * Refuses what no head can have.
         *
         * @param count as the component
         * @throws IllegalArgumentException naming the component
         */
        public Counted {
            if (count < 1 || count > MAXIMUM) {
                throw new IllegalArgumentException("count must be 1 to " + MAXIMUM);
            }
        }

        @Override
        public List<String> names() {
            return IntStream.range(0, count).mapToObj(Integer::toString).toList();
        }
    }

    private static List<String> checked(List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !seen.add(name)) {
                throw new IllegalArgumentException("label \"" + name + "\" is blank or repeated");
            }
        }
        if (names.isEmpty() || names.size() > MAXIMUM) {
            throw new IllegalArgumentException("there must be 1 to " + MAXIMUM + " labels");
        }
        return List.copyOf(names);
    }
}
