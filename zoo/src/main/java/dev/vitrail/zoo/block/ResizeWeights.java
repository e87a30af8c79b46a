package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.vitrail.imaging.Interpolation;

/**
 * One axis of a resize and a crop as a matrix {@code [positions of the crop, positions of the
 * image]}: how much each position of the image counts for each of the crop. The arithmetic is
 * imaging's ({@code Taps}, {@code TensorFlowResizer}), step by step, on arrays, so that it can be
 * recorded for images of any size. What lies outside the resized image has a row of zeros.
 *
 * @param source the image's positions, an array without axes in double precision
 * @param resized the positions after the resize, an array of the same kind
 * @param position which of those the crop takes, {@code [crop, 1]}
 * @param index all positions of the image, {@code [1, source]}
 */
record ResizeWeights(NDArray source, NDArray resized, NDArray position, NDArray index) {
    /** Pillow's weights have this many for one; 8 bits and 2 more fit into an integer beside it. */
    static final double ONE = 1 << 22;

    /**
     * An axis.
     *
     * @param length the image's positions
     * @param resized the positions after the resize, an array without axes
     * @param offset where the crop begins, below 0 where it begins before the image
     * @param crop the crop's positions
     */
    static ResizeWeights of(long length, NDArray resized, NDArray offset, int crop) {
        NDManager manager = resized.getManager();
        NDArray position = manager.arange(0f, crop, 1f, DataType.FLOAT64).reshape(crop, 1);
        NDArray index = manager.arange(0f, length, 1f, DataType.FLOAT64).reshape(1, length);
        return new ResizeWeights(
                manager.create((double) length), resized, position.add(offset), index);
    }

    /** Which positions of the crop lie on the resized image, {@code [crop, 1]}. */
    NDArray inside() {
        return position.gte(0.0).logicalAnd(position.lt(resized));
    }

    /**
     * Pillow's weights: whole numbers whose sum is about {@link #ONE}. A product of them with bytes
     * is exact in double precision, in whatever order it is summed.
     */
    NDArray pillow(Interpolation filter) {
        NDArray scale = source.div(resized);
        NDArray inverseStretch = scale.getManager().create(1.0).div(scale.maximum(1.0));
        // What is outside is masked later, and must not be a quotient of nothing by nothing.
        NDArray within = position.maximum(0.0).minimum(resized.sub(1.0));
        NDArray centre = within.add(0.5).mul(scale);
        NDArray distance = index.sub(centre).add(0.5).mul(inverseStretch).abs();
        NDArray weights = weights(filter, distance);
        NDArray exact = weights.div(weights.sum(new int[] {1}, true)).mul(ONE);
        NDArray whole = exact.abs().add(0.5).floor().mul(exact.sign());
        return masked(whole);
    }

    /** The filters that have no jump: the last bit of a distance decides about next to nothing. */
    private static NDArray weights(Interpolation filter, NDArray x) {
        return switch (filter) {
            case BILINEAR -> x.neg().add(1.0).maximum(0.0);
            case BICUBIC -> {
                NDArray near = x.mul(1.5).sub(2.5).mul(x).mul(x).add(1.0);
                NDArray far = x.sub(5.0).mul(x).add(8.0).mul(x).sub(4.0).mul(-0.5);
                yield NDArrays.where(x.lt(1.0), near, far.mul(truth(x.lt(2.0))));
            }
            case HAMMING -> {
                // cos(y) = 1 - 2 sin²(y / 2); not every runtime has a cosine of doubles.
                NDArray half = x.mul(Math.PI / 2).sin();
                NDArray cosine = half.mul(half).mul(-2.0).add(1.0);
                // Pillow writes the window's constants as floats.
                NDArray window = cosine.mul((double) 0.46f).add((double) 0.54f);
                NDArray whole = NDArrays.where(x.eq(0.0), x.add(1.0), sinc(x).mul(window));
                yield whole.mul(truth(x.lt(1.0)));
            }
            case LANCZOS -> sinc(x).mul(sinc(x.div(3.0))).mul(truth(x.lt(3.0)));
            case NEAREST, BOX, AREA ->
                    throw new IllegalStateException(filter + " is no filter without jumps");
        };
    }

    /** Near enough to 0 the quotient is 1 in double precision. */
    private static NDArray sinc(NDArray x) {
        NDArray angle = x.mul(Math.PI).maximum(1e-9);
        return angle.sin().div(angle);
    }

    /** TensorFlow's bilinear weights, the positions in single precision as there. */
    NDArray tensorFlowBilinear() {
        NDArray centre = single(position).add(0.5f).mul(singleScale()).sub(0.5f);
        NDArray floor = centre.floor();
        NDArray share = twice(centre.sub(floor));
        NDArray before = twice(floor).maximum(0.0);
        NDArray after = twice(centre.ceil()).minimum(source.sub(1.0));
        NDArray left = truth(index.eq(before)).mul(share.neg().add(1.0));
        return masked(left.add(truth(index.eq(after)).mul(share)));
    }

    /** TensorFlow's area weights: the part of a position that lies under one of the result. */
    NDArray tensorFlowArea() {
        NDArray scale = singleScale();
        NDArray from = twice(single(position).mul(scale));
        NDArray to = twice(single(position).add(1f).mul(scale));
        NDArray overlap = index.add(1.0).minimum(to).sub(index.maximum(from)).maximum(0.0);
        return masked(overlap.div(twice(scale)));
    }

    private NDArray singleScale() {
        return single(source).div(single(resized));
    }

    private NDArray masked(NDArray weights) {
        return weights.mul(truth(inside()));
    }

    private static NDArray truth(NDArray condition) {
        return twice(condition);
    }

    static NDArray twice(NDArray array) {
        return array.toType(DataType.FLOAT64, false);
    }

    static NDArray single(NDArray array) {
        return array.toType(DataType.FLOAT32, false);
    }
}
