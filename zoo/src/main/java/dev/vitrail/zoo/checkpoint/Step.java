package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * What is done to tensors between two namings. A step says the shapes of its results at once and
 * computes their values when they are read, so that a file of any size passes through in pieces.
 */
interface Step {

    /** The tensor is the same on both sides. */
    Step AS_IS =
            new Step() {
                @Override
                public String words() {
                    return "as it is";
                }

                @Override
                public List<Tensor> apply(List<Tensor> sources) {
                    return sources;
                }

                @Override
                public Step inverse() {
                    return this;
                }
            };

    /** What the ledger says was done, such as {@code fused}. */
    String words();

    /**
     * The results, in the order of the row's other side.
     *
     * @throws IllegalArgumentException saying which shape does not fit
     */
    List<Tensor> apply(List<Tensor> sources);

    /**
     * The way back.
     *
     * @throws UnsupportedOperationException for layouts that are read only
     */
    default Step inverse() {
        throw new UnsupportedOperationException(words() + " has no way back");
    }

    /** Several tensors one after the other along the first axis, as query, key and value are. */
    static Step fuse(long... parts) {
        return new Step() {
            @Override
            public String words() {
                return "fused";
            }

            @Override
            public List<Tensor> apply(List<Tensor> sources) {
                sources.forEach(source -> source.requireAxes(1));
                long[] sizes = sources.get(0).shape().getShape().clone();
                long[] rest = Arrays.copyOfRange(sizes, 1, sizes.length);
                long unit = sizes[0] / parts[0];
                long rows = 0;
                for (int i = 0; i < sources.size(); i++) {
                    long[] other = sources.get(i).shape().getShape();
                    if (other[0] != unit * parts[i]
                            || !Arrays.equals(Arrays.copyOfRange(other, 1, other.length), rest)) {
                        throw new IllegalArgumentException(
                                sources.stream().map(Tensor::shape).toList()
                                        + " do not fit each other");
                    }
                    rows += other[0];
                }
                sizes[0] = rows;
                return List.of(
                        new Tensor(
                                new Shape(sizes),
                                sink -> {
                                    for (Tensor source : sources) {
                                        source.values().copyTo(sink);
                                    }
                                }));
            }

            @Override
            public Step inverse() {
                return split(parts);
            }
        };
    }

    /** One tensor into several along the first axis, of sizes in the given proportion. */
    static Step split(long... parts) {
        long whole = LongStream.of(parts).sum();
        return new Step() {
            @Override
            public String words() {
                return "split";
            }

            @Override
            public List<Tensor> apply(List<Tensor> sources) {
                Tensor source = sources.get(0).requireAxes(1);
                long rows = source.shape().get(0);
                if (rows % whole != 0) {
                    throw new IllegalArgumentException(
                            source.shape() + " cannot be split in " + whole);
                }
                List<Tensor> results = new ArrayList<>();
                long from = 0;
                for (long part : parts) {
                    long to = from + rows / whole * part;
                    results.add(source.rows(from, to));
                    from = to;
                }
                return results;
            }

            @Override
            public Step inverse() {
                return fuse(parts);
            }
        };
    }

    /** Axes in another order, as {@code axes} lists the old ones. */
    static Step permute(int... axes) {
        int[] back = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            back[axes[i]] = i;
        }
        return new OfOne("permuted", source -> Permutation.of(source, axes), () -> permute(back));
    }

    /**
     * A Flax kernel as a linear layer's weight: its first axes are the input, the others the
     * output; {@code [in…, out…]} becomes {@code [out, in]}.
     */
    static Step kernel(int inputAxes) {
        return OfOne.readOnly(
                "transposed",
                source -> {
                    if (source.shape().dimension() <= inputAxes) {
                        throw new IllegalArgumentException(
                                source.shape() + " has not more than " + inputAxes + " axes");
                    }
                    long input = source.shape().slice(0, inputAxes).size();
                    long output = source.shape().slice(inputAxes).size();
                    return Permutation.of(source.reshape(new Shape(input, output)), 1, 0);
                });
    }

    /** All axes in one, such as a bias {@code [heads, head dim]}. */
    static Step flatten() {
        return OfOne.readOnly("flattened", source -> source.reshape(new Shape(source.size())));
    }

    /** Axes of size one put in front. */
    static Step leadingAxes(int count) {
        Shape ones = new Shape(LongStream.generate(() -> 1).limit(count).toArray());
        return new OfOne(
                "reshaped",
                source -> source.reshape(ones.addAll(source.shape())),
                () -> withoutLeadingAxes(count));
    }

    /** Axes of size one taken from the front. */
    static Step withoutLeadingAxes(int count) {
        return new OfOne(
                "reshaped",
                source -> {
                    source.requireAxes(count);
                    return source.reshape(source.shape().slice(count));
                },
                () -> leadingAxes(count));
    }

    /** From one tensor to one. */
    record OfOne(String words, UnaryOperator<Tensor> change, Supplier<Step> back) implements Step {

        /** Of a layout that is not written. */
        static Step readOnly(String words, UnaryOperator<Tensor> change) {
            return new OfOne(
                    words,
                    change,
                    () -> {
                        throw new UnsupportedOperationException(words + " has no way back");
                    });
        }

        @Override
        public List<Tensor> apply(List<Tensor> sources) {
            return List.of(change.apply(sources.get(0)));
        }

        @Override
        public Step inverse() {
            return back.get();
        }
    }

    /** A step for each source before one for all of them. */
    static Step each(Step single, Step all) {
        return new Step() {
            @Override
            public String words() {
                return single.words() + ", " + all.words();
            }

            @Override
            public List<Tensor> apply(List<Tensor> sources) {
                List<Tensor> singles = new ArrayList<>();
                sources.forEach(source -> singles.addAll(single.apply(List.of(source))));
                return all.apply(singles);
            }
        };
    }

    /** One step after the other. */
    default Step then(Step next) {
        Step first = this;
        return new Step() {
            @Override
            public String words() {
                return first.words() + ", " + next.words();
            }

            @Override
            public List<Tensor> apply(List<Tensor> sources) {
                return next.apply(first.apply(sources));
            }

            @Override
            public Step inverse() {
                return next.inverse().then(first.inverse());
            }
        };
    }

    /** Shapes pass through a step without anybody reading values. */
    static List<Shape> shapes(Step step, List<Shape> sources) {
        List<Tensor> empty =
                sources.stream()
                        .map(
                                shape ->
                                        new Tensor(
                                                shape,
                                                sink -> {
                                                    throw new IllegalStateException("no values");
                                                }))
                        .toList();
        return step.apply(empty).stream().map(Tensor::shape).toList();
    }
}
