package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/**
 * A height and a width. In JSON a pair, or one number where they are equal.
 *
 * @param height rows, 1 to 16,384
 * @param width columns, 1 to 16,384
 */
public record Extent(int height, int width) {
    /** The largest edge: far above any vision transformer, and its square is an int. */
    static final int MAX_EDGE = 16_384;

    /**
     * Checks the size.
     *
     * @param height as the component
     * @param width as the component
     * @throws IllegalArgumentException if an edge is out of range
     */
    public Extent {
        require("crop", height);
        require("crop", width);
    }

    /**
     * An integer in JSON.
     *
     * @param edge height and width alike
     * @return a square
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Extent square(int edge) {
        return new Extent(edge, edge);
    }

    /**
     * A pair in JSON.
     *
     * @param size height and width
     * @return this size
     * @throws IllegalArgumentException if the list has not two values
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Extent of(List<Integer> size) {
        List<Integer> pair = pair("crop", size);
        return new Extent(pair.get(0), pair.get(1));
    }

    /**
     * The value's form in JSON.
     *
     * @return an integer, or a list of height and width
     */
    @JsonValue
    public Object json() {
        return height == width ? (Object) height : List.of(height, width);
    }

    static void require(String field, int edge) {
        if (edge < 1 || edge > MAX_EDGE) {
            throw new IllegalArgumentException(
                    field + " is " + edge + ", must be 1 to " + MAX_EDGE);
        }
    }

    static List<Integer> pair(String field, List<Integer> size) {
        // Lists that cannot hold null cannot be asked for it either.
        if (size.size() != 2 || size.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    field + " is " + size + ", must be one integer or [height, width]");
        }
        return size;
    }
}
