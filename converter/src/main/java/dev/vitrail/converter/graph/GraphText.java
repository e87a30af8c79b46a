package dev.vitrail.converter.graph;

import java.util.function.Function;

/**
 * Graphs as text that people read and tests compare, both ways.
 *
 * <pre>
 * graph tiny opset 17, com.microsoft 1
 * input x: float[batch,3]
 * weight fc.weight: float[3,4] = ...
 * weight shape: int64[2] = {0, -1}
 * fc: float[batch,4] = MatMul(x, fc.weight)
 * y: float[batch,4] = Softmax(fc) {axis = -1} @head "probabilities"
 * output y
 * </pre>
 *
 * A line is one thing. The node's name follows an at sign if it is not that of its first output,
 * its documentation comes last in quotes. Inputs left out are empty between their commas; a result
 * left out is an underscore. Names with other characters than letters, digits and {@code . _ / + -
 * * $} stand in quotes. Floats have a point, so that they are not taken for whole numbers; 16-bit
 * floats are printed as the whole number of their bits. Weights, and constants of more than 16
 * elements, are three dots.
 */
public final class GraphText {
    /** Constants up to this many elements are printed. */
    static final int PRINTED_ELEMENTS = 16;

    private GraphText() {}

    /**
     * Prints a graph.
     *
     * @param graph the graph
     * @return its text, each line ended by a newline
     */
    public static String print(Graph graph) {
        return new GraphPrinter().print(graph);
    }

    /**
     * Parses a text in which every constant is printed.
     *
     * @param text what {@link #print} gives, or written by hand; empty lines and lines that begin
     *     with a hash are skipped
     * @return the graph
     * @throws IllegalArgumentException with the line's number, if the text is not understood or
     *     holds three dots
     */
    public static Graph parse(String text) {
        return parse(
                text,
                value -> {
                    throw new IllegalArgumentException(
                            "the elements of " + value.name() + " are not printed");
                });
    }

    /**
     * Parses a text.
     *
     * @param text what {@link #print} gives, or written by hand
     * @param elements gives the elements where three dots stand
     * @return the graph
     * @throws IllegalArgumentException with the line's number, if the text is not understood
     */
    public static Graph parse(String text, Function<Value, TensorData> elements) {
        return new GraphParser(elements).parse(text);
    }
}
