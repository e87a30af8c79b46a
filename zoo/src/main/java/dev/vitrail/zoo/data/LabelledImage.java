package dev.vitrail.zoo.data;

import java.nio.file.Path;

/**
 * One picture of a labelled set.
 *
 * @param path its file
 * @param label its class: an index into the set's class names
 */
public record LabelledImage(Path path, int label) {

    /**
     * Checks the values.
     *
     * @param path its file
     * @param label its class
     */
    public LabelledImage {
        if (label < 0) {
            throw new IllegalArgumentException("label is " + label + ", must not be negative");
        }
    }
}
