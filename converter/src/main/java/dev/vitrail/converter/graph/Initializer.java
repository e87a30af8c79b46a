package dev.vitrail.converter.graph;

/**
 * A tensor that is part of the model: a weight, a table, a constant. It refers to its bytes; they
 * are read when the file is written and not before.
 *
 * @param name unique within the graph; a weight carries the parameter's name
 * @param type element type and shape, which must be fixed
 * @param data the elements
 */
public record Initializer(String name, TensorType type, TensorData data) {

    /**
     * Checks that the parts fit.
     *
     * @param name as the component
     * @param type as the component
     * @param data as the component
     */
    public Initializer {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("an initializer needs a name");
        }
        if (!type.isFixed() || type.byteSize() != data.byteSize()) {
            throw new IllegalArgumentException(
                    "initializer "
                            + name
                            + " is "
                            + type.text()
                            + ", which does not fit "
                            + data.byteSize()
                            + " bytes");
        }
    }

    /**
     * The tensor as the nodes refer to it.
     *
     * @return name and type
     */
    public Value value() {
        return new Value(name, type);
    }
}
