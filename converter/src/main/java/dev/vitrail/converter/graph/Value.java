package dev.vitrail.converter.graph;

/**
 * One tensor of a graph: an input, an initializer, or what a node gives. A value belongs to nobody:
 * two values with the same name and type are the same.
 *
 * @param name unique within the graph; empty only for {@link #ABSENT}
 * @param type what it holds
 */
public record Value(String name, TensorType type) {

    /** Stands where an optional input or output of a node is left out. */
    public static final Value ABSENT = new Value("", TensorType.UNKNOWN);

    /**
     * Checks that the parts fit.
     *
     * @param name as the component
     * @param type as the component
     */
    public Value {
        if (name.isEmpty() && !type.equals(TensorType.UNKNOWN)) {
            throw new IllegalArgumentException("a value of type " + type.text() + " needs a name");
        }
    }

    /**
     * Whether this stands for an optional input or output that is left out.
     *
     * @return true for {@link #ABSENT}
     */
    public boolean isAbsent() {
        return name.isEmpty();
    }

    /**
     * The same tensor under another name.
     *
     * @param other the other name
     * @return the value
     */
    public Value withName(String other) {
        return new Value(other, type);
    }
}
