package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;

/**
 * One tensor of a safetensors file, as its header says.
 *
 * @param name as written, never to be used as a file name
 * @param type of the elements
 * @param shape sizes of the axes, none for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end the byte after the last, counted likewise
 */
record TensorEntry(String name, ElementType type, Shape shape, long begin, long end) {

    long bytes() {
        return end - begin;
    }
}
