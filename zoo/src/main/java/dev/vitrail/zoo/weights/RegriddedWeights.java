package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.grid.Regridding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights of a network for another image size or patch size. The position table and the patch
 * kernel are resampled when they are asked for; everything else is the source's own.
 */
public final class RegriddedWeights implements Weights {

    /** The position table's name, {@code [1, positions, dim]}. */
    public static final String POSITIONS = "pos_embed";

    /** The patch kernel's name, {@code [dim, channels, P, P]}. */
    public static final String PATCH_KERNEL = "patch_embed.proj.weight";

    private final Weights source;
    private final Regridding regridding;
    private final Map<String, Shape> shapes;

    /**
     * Puts weights on another grid.
     *
     * @param source the weights, closed with this
     * @param regridding from their network to the one wanted
     * @throws WeightsException if the source's table or kernel has another shape than its network's
     */
    public RegriddedWeights(Weights source, Regridding regridding) {
        this.source = source;
        this.regridding = regridding;
        Map<String, Shape> shapeByName = new LinkedHashMap<>(source.shapes());
        shapes(regridding).forEach((name, shape) -> replace(shapeByName, name, shape));
        shapes = Collections.unmodifiableMap(shapeByName);
    }

    private void replace(Map<String, Shape> shapeByName, String name, Shape to) {
        Shape found = shapeByName.get(name);
        Shape from = shape(regridding.from(), name);
        if (found == null) { // missing: whoever loads it says so, with everything else
            return;
        }
        if (!found.equals(from)) {
            throw new WeightsException(
                    origin(), "tensor \"" + name + "\" is " + found + ", must be " + from);
        }
        if (to.size() > Integer.MAX_VALUE / Float.BYTES) {
            throw new WeightsException(
                    origin(),
                    String.format(
                            "tensor \"%s\" would be %s at this size, one tensor may have at most"
                                    + " 2 GB as floats",
                            name, to));
        }
        shapeByName.put(name, to);
    }

    /**
     * The shapes of what follows the grid.
     *
     * @param regridding to the network wanted
     * @return the shapes in that network, by name
     */
    public static Map<String, Shape> shapes(Regridding regridding) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (String name : List.of(POSITIONS, PATCH_KERNEL)) {
            shapes.put(name, shape(regridding.to(), name));
        }
        return shapes;
    }

    private static Shape shape(Architecture model, String name) {
        if (name.equals(POSITIONS)) {
            return new Shape(1, model.positions(), model.dim());
        }
        int edge = model.patchSize() / model.stem().stride();
        return new Shape(model.dim(), model.stem().outputChannels(model.channels()), edge, edge);
    }

    @Override
    public Path origin() {
        return source.origin();
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public ByteBuffer floats(String name) {
        ByteBuffer stored = source.floats(name);
        if (!isResampled(name)) {
            return stored;
        }
        float[] values = new float[stored.remaining() / Float.BYTES];
        stored.asFloatBuffer().get(values);
        return direct(
                name.equals(POSITIONS)
                        ? regridding.positions(values)
                        : regridding.patchKernel(values));
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        if (isResampled(name)) {
            sink.put(floats(name).asFloatBuffer());
        } else {
            source.copyTo(name, sink);
        }
    }

    @Override
    public ElementType type(String name) {
        return isResampled(name) ? ElementType.F32 : source.type(name);
    }

    private boolean isResampled(String name) {
        return name.equals(POSITIONS) && regridding.changesPositions()
                || name.equals(PATCH_KERNEL) && regridding.changesPatchKernel();
    }

    @Override
    public void close() {
        source.close();
    }

    private static ByteBuffer direct(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return bytes;
    }
}
