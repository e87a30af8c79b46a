package dev.vitrail.zoo.grid;

import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.config.Stem;
import java.util.Objects;

/**
 * A network brought to another image size or patch size.
 *
 * @param from the network that the weights belong to
 * @param to the same network but for image height, image width and patch size
 */
public record Regridding(Architecture from, Architecture to) {

    /**
     * Refuses two networks that differ in more than their grid.
     *
     * @param from as the component
     * @param to as the component
     * @throws IllegalArgumentException if another component differs, or the patch size does though
     *     the patches are cut by a stem
     */
    public Regridding {
        Objects.requireNonNull(from, "from");
        Architecture expected =
                from.with()
                        .imageSize(to.imageHeight(), to.imageWidth())
                        .patchSize(to.patchSize())
                        .build();
        if (!expected.equals(to)) {
            throw new IllegalArgumentException(
                    "networks must differ in image and patch size alone, are " + from + ", " + to);
        }
        if (from.patchSize() != to.patchSize() && !from.stem().equals(Stem.PATCH)) {
            throw new IllegalArgumentException(
                    "patchSize " + from.patchSize() + " follows from the stem and cannot change");
        }
    }

    /**
     * Whether the position table differs.
     *
     * @return false where it has the same places
     */
    public boolean changesPositions() {
        return from.gridHeight() != to.gridHeight() || from.gridWidth() != to.gridWidth();
    }

    /**
     * Whether the patch kernel differs.
     *
     * @return false where patches have the same size
     */
    public boolean changesPatchKernel() {
        return from.patchSize() != to.patchSize();
    }

    /**
     * The position table for the other grid. Learned rows of patches are resampled as {@link
     * Architecture#positionResampling()} says and those of other tokens stay; a fixed table is
     * computed anew.
     *
     * @param table {@code [positions, dim]} of {@link #from}
     * @return {@code [positions, dim]} of {@link #to}; the table itself where nothing changes
     * @throws IllegalArgumentException if the table has another length
     */
    public float[] positions(float[] table) {
        requireLength(table, from.positions() * from.dim());
        if (!changesPositions()) {
            return table;
        }
        if (!to.positionEmbedding().isLearned()) {
            return SinCosPositions.of(to);
        }
        int dim = from.dim();
        int prefix = Math.toIntExact(from.positions() - from.patches()) * dim;
        PositionResampling way = from.positionResampling();
        double[] grid =
                AxisResize.apply(
                        AxisResize.of(way, from.gridHeight(), to.gridHeight()),
                        AxisResize.of(way, from.gridWidth(), to.gridWidth()),
                        doubles(table, prefix, table.length - prefix),
                        dim);
        float[] result = new float[prefix + grid.length];
        System.arraycopy(table, 0, result, 0, prefix);
        putFloats(grid, result, prefix);
        return result;
    }

    /**
     * The patch kernel for the other patch size: the one whose answers to resized patches are
     * nearest to the old answers to the patches themselves (FlexiViT, Beyer et al. 2023, section
     * 3.4). The resize is bilinear for the families of Google, whose method it is, and timm's
     * default for the others: bicubic, antialiased.
     *
     * @param kernel {@code [dim, channels, P, P]} of {@link #from}
     * @return {@code [dim, channels, P, P]} of {@link #to}; the kernel itself where nothing changes
     * @throws IllegalArgumentException if the kernel has another length
     */
    public float[] patchKernel(float[] kernel) {
        int edge = from.patchSize() / from.stem().stride();
        int area = edge * edge;
        long kernels = (long) from.dim() * from.stem().outputChannels(from.channels());
        requireLength(kernel, kernels * area);
        if (!changesPatchKernel()) {
            return kernel;
        }
        AxisResize weights =
                AxisResize.of(patchResize(), from.patchSize(), to.patchSize()).ofWeights();
        int newArea = Math.multiplyExact(to.patchSize(), to.patchSize());
        float[] result = new float[Math.toIntExact(Math.multiplyExact(kernels, newArea))];
        for (int i = 0; i < kernels; i++) {
            double[] plane = doubles(kernel, i * area, area);
            putFloats(AxisResize.apply(weights, weights, plane, 1), result, i * newArea);
        }
        return result;
    }

    private PositionResampling patchResize() {
        return switch (from.positionResampling()) {
            case BICUBIC_ANTIALIAS, BICUBIC, BICUBIC_OFFSET, BICUBIC_ALIGNED ->
                    PositionResampling.BICUBIC_ANTIALIAS;
            case BILINEAR_ALIGNED, BILINEAR -> PositionResampling.BILINEAR;
        };
    }

    private static void requireLength(float[] values, long expected) {
        if (values.length != expected) {
            throw new IllegalArgumentException(
                    values.length + " values, must be " + expected + " for this network");
        }
    }

    private static double[] doubles(float[] values, int start, int count) {
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
            result[i] = values[start + i];
        }
        return result;
    }

    private static void putFloats(double[] values, float[] target, int start) {
        for (int i = 0; i < values.length; i++) {
            target[start + i] = (float) values[i];
        }
    }
}
