package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.weights.ElementType;
import dev.vitrail.zoo.weights.FloatSink;
import dev.vitrail.zoo.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights without what wrappers of PyTorch put before the name of every tensor. What is wrong with
 * a value is said of its full name, as the file has it.
 */
final class Unwrapped implements Weights {

    /** DataParallel and its kin; torch.compile; training code that holds the network so. */
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.", "model.");

    private final Weights wrapped;
    private final String prefix;
    private final Map<String, Shape> shapes;

    /** Weights whose names all begin so, closed with this. */
    Unwrapped(Weights wrapped, String prefix) {
        this.wrapped = wrapped;
        this.prefix = prefix;
        Map<String, Shape> byName = new LinkedHashMap<>();
        wrapped.shapes()
                .forEach((name, shape) -> byName.put(name.substring(prefix.length()), shape));
        shapes = Collections.unmodifiableMap(byName);
    }

    /** What wrappers put before every one of these names, in whatever order; "" for nothing. */
    static String prefix(Set<String> names) {
        StringBuilder prefix = new StringBuilder();
        while (!names.isEmpty()) {
            int length = prefix.length();
            for (String wrapper : WRAPPERS) {
                if (names.stream().allMatch(name -> isBelow(name, wrapper, prefix.length()))) {
                    prefix.append(wrapper);
                }
            }
            if (prefix.length() == length) {
                break;
            }
        }
        return prefix.toString();
    }

    /** Whether a name goes on with the wrapper's part, and after it. */
    private static boolean isBelow(String name, String wrapper, int from) {
        return name.startsWith(wrapper, from) && name.length() > from + wrapper.length();
    }

    @Override
    public Path origin() {
        return wrapped.origin();
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public ByteBuffer floats(String name) {
        return wrapped.floats(prefix + name);
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        wrapped.copyTo(prefix + name, sink);
    }

    @Override
    public void copyFiniteTo(String name, FloatSink sink) throws IOException {
        wrapped.copyFiniteTo(prefix + name, sink);
    }

    @Override
    public void copyFiniteTo(String name, long begin, long end, FloatSink sink) throws IOException {
        wrapped.copyFiniteTo(prefix + name, begin, end, sink);
    }

    @Override
    public ElementType type(String name) {
        return wrapped.type(prefix + name);
    }

    @Override
    public void close() {
        wrapped.close();
    }
}
