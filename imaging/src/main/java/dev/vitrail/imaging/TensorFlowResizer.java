package dev.vitrail.imaging;

/**
 * A resize that gives the floats of TensorFlow's {@code tf.image.resize} without antialiasing on a
 * CPU, in the order of its kernels' own float operations, because big_vision cuts the result down
 * to bytes and a last bit then decides about a level. Builds of TensorFlow that fuse
 * multiplications with additions may differ in that bit.
 *
 * @param size the whole result
 */
record TensorFlowResizer(Size size) {

    /**
     * {@code ResizeBilinear} with half-pixel centres: between the four neighbours, columns first.
     *
     * @param window the part of the result wanted, within it
     * @return {@code [height, width, 3]} of the window, 0 to 255
     */
    float[] bilinear(RgbImage image, Window window) {
        Neighbours columns =
                new Neighbours(image.width(), size.width(), window.x(), window.width());
        Neighbours rows =
                new Neighbours(image.height(), size.height(), window.y(), window.height());
        byte[] pixels = image.pixels();
        float[] result = new float[3 * window.width() * window.height()];
        for (int y = 0, at = 0; y < window.height(); y++) {
            int upper = 3 * image.width() * rows.before[y];
            int lower = 3 * image.width() * rows.after[y];
            for (int x = 0; x < window.width(); x++) {
                for (int channel = 0; channel < 3; channel++, at++) {
                    int left = 3 * columns.before[x] + channel;
                    int right = 3 * columns.after[x] + channel;
                    float share = columns.share[x];
                    float top = between(pixels[upper + left], pixels[upper + right], share);
                    float bottom = between(pixels[lower + left], pixels[lower + right], share);
                    result[at] = top + (bottom - top) * rows.share[y];
                }
            }
        }
        return result;
    }

    private static float between(byte first, byte second, float share) {
        float from = first & 0xFF;
        return from + ((second & 0xFF) - from) * share;
    }

    /**
     * {@code ResizeArea}: the average over the area that a result pixel covers.
     *
     * @param window the part of the result wanted, within it
     * @return {@code [height, width, 3]} of the window, 0 to 255 and a last bit more
     */
    float[] area(RgbImage image, Window window) {
        Covered columns = new Covered(image.width(), size.width(), window.x(), window.width());
        Covered rows = new Covered(image.height(), size.height(), window.y(), window.height());
        float share = (float) (1.0 / (rows.scale * columns.scale));
        float[] result = new float[3 * window.width() * window.height()];
        for (int y = 0, at = 0; y < window.height(); y++) {
            for (int x = 0; x < window.width(); x++) {
                for (int channel = 0; channel < 3; channel++) {
                    float sum = 0;
                    for (int row = rows.first[y]; row < rows.end[y]; row++) {
                        int start = 3 * image.width() * rows.bounded(row) + channel;
                        sum += along(image.pixels(), start, columns, x) * rows.weight(row, y);
                    }
                    result[at++] = sum * share;
                }
            }
        }
        return result;
    }

    /** Clipped and cut down to bytes, not rounded: {@code tf.cast} after {@code clip_by_value}. */
    static RgbImage bytes(float[] levels, Extent size) {
        byte[] bytes = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            bytes[i] = (byte) Math.max(0, Math.min(255, levels[i]));
        }
        return new RgbImage(size.width(), size.height(), bytes);
    }

    /** The part of one row that a result column covers. */
    private static float along(byte[] pixels, int start, Covered columns, int x) {
        int last = columns.end[x] - 1;
        int first = columns.first[x];
        float sum = (pixels[start + 3 * columns.bounded(first)] & 0xFF) * columns.firstWeight[x];
        for (int column = first + 1; column < last; column++) {
            sum += pixels[start + 3 * column] & 0xFF;
        }
        if (first < last) {
            sum += (pixels[start + 3 * columns.bounded(last)] & 0xFF) * columns.lastWeight[x];
        }
        return sum;
    }

    /** For each result position the source positions before and after its centre. */
    private static final class Neighbours {
        private final int[] before;
        private final int[] after;

        /** How far from the one to the other. */
        private final float[] share;

        private Neighbours(int sourceSize, int resultSize, int start, int positions) {
            before = new int[positions];
            after = new int[positions];
            share = new float[positions];
            float scale = sourceSize / (float) resultSize;
            for (int i = 0; i < positions; i++) {
                float centre = (start + i + 0.5f) * scale - 0.5f;
                float floor = (float) Math.floor(centre);
                before[i] = Math.max((int) floor, 0);
                after[i] = Math.min((int) Math.ceil(centre), sourceSize - 1);
                share[i] = centre - floor;
            }
        }
    }

    /** For each result position the source positions that it covers, the outer ones in part. */
    private static final class Covered {
        private final int sourceSize;
        private final float scale;
        private final int[] first;
        private final int[] end;
        private final float[] from;
        private final float[] to;
        private final float[] firstWeight;
        private final float[] lastWeight;

        private Covered(int sourceSize, int resultSize, int start, int positions) {
            this.sourceSize = sourceSize;
            scale = sourceSize / (float) resultSize;
            first = new int[positions];
            end = new int[positions];
            from = new float[positions];
            to = new float[positions];
            firstWeight = new float[positions];
            lastWeight = new float[positions];
            for (int i = 0; i < positions; i++) {
                from[i] = (start + i) * scale;
                to[i] = (start + i + 1) * scale;
                first[i] = (int) Math.floor(from[i]);
                end[i] = (int) Math.ceil(to[i]);
                firstWeight[i] = weight(first[i], i);
                lastWeight[i] = weight(end[i] - 1, i);
            }
        }

        /** The part of a source position that lies under a result position. */
        private float weight(int position, int i) {
            if (position < from[i]) {
                return position + 1 > to[i] ? scale : position + 1 - from[i];
            }
            return position + 1 > to[i] ? to[i] - position : 1;
        }

        /** Rounding may reach one position beyond the edge. */
        private int bounded(int position) {
            return Math.min(sourceSize - 1, position);
        }
    }
}
