package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A fixed argument of a node. Sub-graphs are not among them: a traced forward pass has no control
 * flow.
 */
public sealed interface Attribute {

    /**
     * A whole number.
     *
     * @param value the number
     */
    record Int(long value) implements Attribute {}

    /**
     * A 32-bit float.
     *
     * @param value the number
     */
    record Float(float value) implements Attribute {}

    /**
     * A text.
     *
     * @param value the text
     */
    record Text(String value) implements Attribute {}

    /**
     * Several whole numbers.
     *
     * @param values the numbers
     */
    record Ints(List<Long> values) implements Attribute {
        /**
         * Copies what can change.
         *
         * @param values as the component
         */
        public Ints {
            values = List.copyOf(values);
        }
    }

    /**
     * Several 32-bit floats.
     *
     * @param values the numbers
     */
    record Floats(List<java.lang.Float> values) implements Attribute {
        /**
         * Copies what can change.
         *
         * @param values as the component
         */
        public Floats {
            values = List.copyOf(values);
        }
    }

    /**
     * Several texts.
     *
     * @param values the texts
     */
    record Texts(List<String> values) implements Attribute {
        /**
         * Copies what can change.
         *
         * @param values as the component
         */
        public Texts {
            values = List.copyOf(values);
        }
    }

    /**
     * A tensor, as the {@code value} of a {@code Constant}.
     *
     * @param type element type and shape, which must be fixed
     * @param data the elements
     */
    record Tensor(TensorType type, TensorData data) implements Attribute {
        /**
         * Checks that the parts fit.
         *
         * @param type as the component
         * @param data as the component
         */
        public Tensor {
            if (type.byteSize() != data.byteSize()) {
                throw new IllegalArgumentException(
                        type.text() + " has " + type.byteSize() + " bytes, not " + data.byteSize());
            }
        }
    }

    /**
     * A whole number.
     *
     * @param value the number
     * @return the attribute
     */
    static Attribute of(long value) {
        return new Int(value);
    }

    /**
     * A 32-bit float.
     *
     * @param value the number
     * @return the attribute
     */
    static Attribute of(float value) {
        return new Float(value);
    }

    /**
     * A text.
     *
     * @param value the text
     * @return the attribute
     */
    static Attribute of(String value) {
        return new Text(value);
    }

    /**
     * Several whole numbers.
     *
     * @param values the numbers
     * @return the attribute
     */
    static Attribute ints(long... values) {
        List<Long> list = new ArrayList<>(values.length);
        for (long value : values) {
            list.add(value);
        }
        return new Ints(list);
    }

    /**
     * Several 32-bit floats.
     *
     * @param values the numbers
     * @return the attribute
     */
    static Attribute floats(float... values) {
        List<java.lang.Float> list = new ArrayList<>(values.length);
        for (float value : values) {
            list.add(value);
        }
        return new Floats(list);
    }
}
