package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The tensors of a file but some, for networks that lack a part of what was saved. */
public final class WeightsWithout implements Weights {

    private final Weights whole;
    private final Map<String, Shape> shapes;

    /**
     * Leaves tensors out.
     *
     * @param whole the file, closed with this
     * @param leftOut true of the names that are not to be seen
     */
    public WeightsWithout(Weights whole, Predicate<String> leftOut) {
        this.whole = whole;
        Map<String, Shape> rest = new LinkedHashMap<>(whole.shapes());
        rest.keySet().removeIf(leftOut);
        shapes = Collections.unmodifiableMap(rest);
    }

    @Override
    public Path origin() {
        return whole.origin();
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public ByteBuffer floats(String name) {
        return whole.floats(name);
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        whole.copyTo(name, sink);
    }

    @Override
    public ElementType type(String name) {
        return whole.type(name);
    }

    @Override
    public void close() {
        whole.close();
    }
}
