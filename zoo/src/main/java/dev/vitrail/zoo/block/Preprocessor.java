package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.imaging.Dialect;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.InputException;
import java.util.List;
import java.util.Locale;

/**
 * Resize, crop and normalisation as array operations: the bytes of one decoded image {@code
 * [height, width, 3]}, of any size, to what the network reads, {@code [1, 3, height, width]}.
 *
 * <p>It is what {@link Preprocessing#apply} does, for those who have no Java: put before the
 * network and recorded with it. Resize and crop are one product with a matrix for each axis ({@link
 * ResizeWeights}). With Pillow's filters the numbers are whole and the pixels equal those of {@code
 * imaging} to the byte, except where an image is more than 100 times as high as wide, whose rows
 * Pillow shrinks first. In TensorFlow's dialects, which cut down what other sums give, a pixel may
 * be one level off.
 */
public final class Preprocessor extends UnaryBlock {
    private static final int CHANNELS = 3;

    /** Of a level: more than what float arithmetic loses of one. */
    private static final double LAST_BITS = 1e-4;

    private final Preprocessing preprocessing;

    /**
     * A block without parameters.
     *
     * @param preprocessing what to do
     * @throws InputException if its filter is {@code nearest} or {@code box}, where the last bit of
     *     a quotient decides which pixels count
     */
    public Preprocessor(Preprocessing preprocessing) {
        Interpolation filter = preprocessing.interpolation();
        if (filter == Interpolation.NEAREST || filter == Interpolation.BOX) {
            throw new InputException(
                    "preprocessing.interpolation is \""
                            + filter.name().toLowerCase(Locale.ROOT)
                            + "\", which cannot be computed in a graph exactly; \"bilinear\","
                            + " \"hamming\", \"bicubic\" and \"lanczos\" can");
        }
        this.preprocessing = preprocessing;
    }

    @Override
    NDArray forward(NDArray image, ForwardPass pass) {
        // image: [H, W, 3]   H height, W width, h and w of the crop
        long H = image.getShape().get(0);
        long W = image.getShape().get(1);
        Extent crop = preprocessing.crop();
        NDManager manager = image.getManager();
        List<NDArray> size = resized(manager.create((double) H), manager.create((double) W));
        ResizeWeights rows = axis(H, size.get(0), crop.height());
        ResizeWeights columns = axis(W, size.get(1), crop.width());

        NDArray planes = ResizeWeights.twice(image.transpose(2, 0, 1)); // [3, H, W]
        NDArray narrowed = planes.matMul(weights(columns).transpose()); // [3, H, w]
        NDArray cropped = weights(rows).matMul(between(narrowed)); // [3, h, w]
        NDArray levels = padded(rounded(cropped), rows, columns);
        return normalised(levels).expandDims(0); // [1, 3, h, w]
    }

    /** Height and width before the crop, arrays without axes. */
    private List<NDArray> resized(NDArray height, NDArray width) {
        Resize resize = preprocessing.resize();
        NDManager manager = height.getManager();
        if (resize instanceof Resize.Exact) {
            return List.of(
                    manager.create((double) resize.height()),
                    manager.create((double) resize.width()));
        } else if (resize instanceof Resize.ShortEdge edge) {
            NDArray shorter = height.minimum(width);
            return List.of(
                    scaled(height, edge.edge(), shorter), scaled(width, edge.edge(), shorter));
        }
        NDArray down = height.div((double) resize.height());
        NDArray across = width.div((double) resize.width());
        NDArray ratio =
                resize instanceof Resize.Cover ? down.minimum(across) : down.maximum(across);
        return List.of(
                height.div(ratio).round().maximum(1.0), width.div(ratio).round().maximum(1.0));
    }

    /** An edge where the short one becomes {@code edge}, which comes out as such itself. */
    private NDArray scaled(NDArray length, int edge, NDArray shorter) {
        if (preprocessing.dialect() == Dialect.BIG_VISION) {
            NDManager manager = length.getManager();
            NDArray ratio = manager.create((float) edge).div(ResizeWeights.single(shorter));
            return ResizeWeights.twice(ResizeWeights.single(length).mul(ratio).round());
        }
        return length.mul((double) edge).div(shorter).floor();
    }

    private ResizeWeights axis(long length, NDArray resized, int crop) {
        NDArray half = resized.sub((double) crop).div(2.0);
        NDArray offset =
                preprocessing.dialect() == Dialect.TORCHVISION
                        ? NDArrays.where(half.lt(0.0), half.ceil(), half.round())
                        : half.floor();
        return ResizeWeights.of(length, resized, offset, crop);
    }

    private NDArray weights(ResizeWeights axis) {
        if (!isTensorFlow()) {
            return axis.pillow(preprocessing.interpolation());
        }
        return preprocessing.interpolation() == Interpolation.AREA
                ? axis.tensorFlowArea()
                : axis.tensorFlowBilinear();
    }

    /** Pillow rounds to bytes between columns and rows; TensorFlow does not. */
    private NDArray between(NDArray narrowed) {
        return isTensorFlow() ? narrowed : rounded(narrowed);
    }

    /** Sums of weighted levels as levels, 0 to 255. */
    private NDArray rounded(NDArray sums) {
        return switch (preprocessing.dialect()) {
            case TORCHVISION, TRANSFORMERS ->
                    bytes(sums.add(ResizeWeights.ONE / 2).div(ResizeWeights.ONE));
            // What is a level but for a last bit is not cut down to the one below.
            case BIG_VISION -> bytes(sums.add(LAST_BITS));
            case VISION_TRANSFORMER -> sums;
        };
    }

    private static NDArray bytes(NDArray levels) {
        return levels.floor().maximum(0.0).minimum(255.0);
    }

    private boolean isTensorFlow() {
        return preprocessing.dialect() == Dialect.BIG_VISION
                || preprocessing.dialect() == Dialect.VISION_TRANSFORMER;
    }

    /** What the crop has beyond the image is black already; timm's "border" wants the mean. */
    private NDArray padded(NDArray levels, ResizeWeights rows, ResizeWeights columns) {
        if (!(preprocessing.resize() instanceof Resize.Inside)) {
            return levels;
        }
        double[] padding =
                preprocessing.mean().stream()
                        .mapToDouble(mean -> Math.max(0, Math.min(255, Math.rint(255 * mean))))
                        .toArray();
        NDArray inside =
                ResizeWeights.twice(rows.inside())
                        .mul(ResizeWeights.twice(columns.inside()).transpose()); // [h, w]
        NDArray outside =
                levels.getManager()
                        .create(padding)
                        .reshape(CHANNELS, 1, 1)
                        .mul(inside.neg().add(1.0));
        return levels.add(outside);
    }

    /** Each step rounded to float as torch and transformers do it. */
    private NDArray normalised(NDArray levels) {
        boolean inLevels = preprocessing.dialect() == Dialect.VISION_TRANSFORMER;
        NDArray scaled =
                inLevels ? levels : levels.mul(preprocessing.rescaleFactor().doubleValue());
        double unit = inLevels ? 255 : 1;
        return ResizeWeights.single(scaled)
                .sub(channels(preprocessing.mean(), unit, levels))
                .div(channels(preprocessing.std(), unit, levels));
    }

    private static NDArray channels(List<Double> values, double unit, NDArray x) {
        float[] floats = new float[CHANNELS];
        for (int i = 0; i < CHANNELS; i++) {
            floats[i] = (float) (unit * values.get(i));
        }
        return x.getManager().create(floats).reshape(CHANNELS, 1, 1);
    }

    @Override
    Shape outputShape(Shape image) {
        return new Shape(1, CHANNELS, preprocessing.outputHeight(), preprocessing.outputWidth());
    }
}
