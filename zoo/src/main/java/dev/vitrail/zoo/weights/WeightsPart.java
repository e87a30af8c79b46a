package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tensors of a file whose names begin alike, named without that beginning: one of several
 * networks in a checkpoint.
 */
public final class WeightsPart implements Weights {

    private final Weights whole;
    private final String prefix;
    private final Map<String, Shape> shapes;

    /**
     * Selects tensors.
     *
     * @param whole the file, closed with this
     * @param prefix what their names begin with
     */
    public WeightsPart(Weights whole, String prefix) {
        this.whole = whole;
        this.prefix = prefix;
        Map<String, Shape> part = new LinkedHashMap<>();
        whole.shapes()
                .forEach(
                        (name, shape) -> {
                            if (name.startsWith(prefix)) {
                                part.put(name.substring(prefix.length()), shape);
                            }
                        });
        shapes = Collections.unmodifiableMap(part);
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
        return whole.floats(prefix + name);
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        whole.copyTo(prefix + name, sink);
    }

    @Override
    public ElementType type(String name) {
        return whole.type(prefix + name);
    }

    @Override
    public void close() {
        whole.close();
    }
}
