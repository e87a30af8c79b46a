package dev.vitrail.zoo.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Samples that go through the network together. Its memory is used again after {@link #close()}, so
 * arrays that look into it must be closed first.
 */
public final class Batch implements AutoCloseable {

    private final ByteBuffer pixels;
    private final int[] labels;
    private final int[] indexes;
    private final Optional<float[]> targets;
    private final List<UnreadableImage> unreadable;
    private final Consumer<ByteBuffer> giveBack;

    Batch(
            ByteBuffer pixels,
            int[] labels,
            int[] indexes,
            Optional<float[]> targets,
            List<UnreadableImage> unreadable,
            Consumer<ByteBuffer> giveBack) {
        this.pixels = pixels;
        this.labels = labels;
        this.indexes = indexes;
        this.targets = targets;
        this.unreadable = unreadable;
        this.giveBack = giveBack;
    }

    /**
     * Returns the samples' values.
     *
     * @return a direct buffer of floats in native order, {@code [size, 3, height, width]}, from
     *     position 0 to its limit
     */
    public ByteBuffer pixels() {
        return pixels;
    }

    /**
     * Returns the classes of the samples.
     *
     * @return one a sample
     */
    public int[] labels() {
        return labels.clone();
    }

    /**
     * Returns what the loss compares with, smoothed and mixed as the loader was asked to. A mixed
     * sample's label is still that of its own picture.
     *
     * @return {@code [size, classes]}, row by row, as {@link SoftTargets} gives them
     * @throws IllegalStateException if the loader makes no targets
     */
    public float[] targets() {
        return targets.orElseThrow(() -> new IllegalStateException("no targets were asked for"));
    }

    /**
     * Returns which pictures the samples are.
     *
     * @return indexes into the list that was asked for, one a sample
     */
    public int[] indexes() {
        return indexes.clone();
    }

    /**
     * Returns the number of samples. Pictures that could not be decoded are left out, so this may
     * be less than the batch size, down to zero.
     *
     * @return the number of samples
     */
    public int size() {
        return labels.length;
    }

    /**
     * Cuts the batch into pieces of about the same size, in order.
     *
     * @param most how many pieces there may be; with fewer samples there are fewer
     * @return views into this batch, valid until it is closed, which need not be closed themselves
     */
    public List<Batch> split(int most) {
        int count = Math.min(most, size());
        if (count <= 1) {
            return List.of(this);
        }
        List<Batch> pieces = new ArrayList<>();
        int sampleBytes = pixels.limit() / size();
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) size() * i / count);
            int to = (int) ((long) size() * (i + 1) / count);
            pieces.add(
                    new Batch(
                            pixels.slice(from * sampleBytes, (to - from) * sampleBytes)
                                    .order(pixels.order()),
                            Arrays.copyOfRange(labels, from, to),
                            Arrays.copyOfRange(indexes, from, to),
                            targets.map(rows -> rows(rows, from, to)),
                            List.of(),
                            buffer -> {}));
        }
        return pieces;
    }

    private float[] rows(float[] all, int from, int to) {
        int columns = all.length / size();
        return Arrays.copyOfRange(all, from * columns, to * columns);
    }

    List<UnreadableImage> unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        giveBack.accept(pixels);
    }
}
