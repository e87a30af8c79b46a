package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Class token {@code [1, 1, D]} and positions {@code [1, N + 1, D]} to a class token that has its
 * position in it and positions {@code [1, N, D]} of patches alone. Networks with register tokens
 * have it so, because registers have no place; the sum is the same number that the network adds.
 */
final class ClassRow implements Step {

    static final Step FOLDED = new ClassRow();

    /** The way back: a row of zeros for the class token, whose position stays in it. */
    private static final Step UNFOLDED =
            new Step() {
                @Override
                public String words() {
                    return "class row of zeros added";
                }

                @Override
                public List<Tensor> apply(List<Tensor> sources) {
                    Tensor positions = sources.get(1);
                    long rows = positions.shape().get(1);
                    long dim = positions.shape().get(2);
                    return List.of(
                            sources.get(0),
                            new Tensor(
                                    new Shape(1, rows + 1, dim),
                                    sink -> {
                                        sink.put(FloatBuffer.allocate(Math.toIntExact(dim)));
                                        positions.values().copyTo(sink);
                                    }));
                }

                @Override
                public Step inverse() {
                    return FOLDED;
                }
            };

    private ClassRow() {}

    @Override
    public String words() {
        return "class row folded into the class token";
    }

    @Override
    public List<Tensor> apply(List<Tensor> sources) {
        Tensor token = sources.get(0);
        Tensor positions = sources.get(1);
        boolean fits =
                token.shape().dimension() == 3
                        && positions.shape().dimension() == 3
                        && positions.shape().get(1) > 1
                        && token.shape().get(2) == positions.shape().get(2);
        if (!fits) {
            throw new IllegalArgumentException(
                    List.of(token.shape(), positions.shape()) + " do not fit each other");
        }
        long rows = positions.shape().get(1);
        Tensor flat = positions.reshape(new Shape(rows, positions.shape().get(2)));
        Tensor sum =
                new Tensor(
                        token.shape(),
                        sink -> {
                            float[] values = token.load();
                            float[] row = flat.rows(0, 1).load();
                            for (int i = 0; i < values.length; i++) {
                                values[i] += row[i];
                            }
                            sink.put(FloatBuffer.wrap(values));
                        });
        Tensor patches = flat.rows(1, rows);
        return List.of(sum, patches.reshape(new Shape(1, rows - 1, positions.shape().get(2))));
    }

    @Override
    public Step inverse() {
        return UNFOLDED;
    }
}
