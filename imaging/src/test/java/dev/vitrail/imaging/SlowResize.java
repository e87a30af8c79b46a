package dev.vitrail.imaging;

/**
 * The same resize from the definition, one result pixel at a time, in double precision: a witness
 * for indices and edges that shares no code with the fast one.
 */
final class SlowResize {
    private SlowResize() {}

    static RgbImage resize(RgbImage image, int width, int height, Interpolation filter) {
        double[][] columns = new double[image.height()][3 * width];
        for (int y = 0; y < image.height(); y++) {
            for (int i = 0; i < 3 * width; i++) {
                columns[y][i] = column(image, y, i / 3, i % 3, width, filter);
            }
        }
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < 3 * width; i++) {
                double sum = 0;
                double weights = 0;
                double scale = (double) image.height() / height;
                for (int from = 0; from < image.height(); from++) {
                    double weight = weight(from, y, scale, filter);
                    sum += weight * columns[from][i];
                    weights += weight;
                }
                pixels[3 * width * y + i] = (byte) level(sum / weights);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    private static double column(
            RgbImage image, int y, int x, int channel, int width, Interpolation filter) {
        double sum = 0;
        double weights = 0;
        double scale = (double) image.width() / width;
        for (int from = 0; from < image.width(); from++) {
            double weight = weight(from, x, scale, filter);
            sum += weight * (image.pixels()[3 * (y * image.width() + from) + channel] & 0xFF);
            weights += weight;
        }
        return level(sum / weights);
    }

    /** Between the centres of a source and a result position, in units of the stretched filter. */
    private static double weight(int from, int to, double scale, Interpolation filter) {
        double distance = Math.abs(from + 0.5 - (to + 0.5) * scale) / Math.max(1, scale);
        return switch (filter) {
            case BILINEAR -> Math.max(0, 1 - distance);
            case HAMMING -> distance < 1 ? sinc(distance) * hamming(distance) : 0;
            case BICUBIC -> cubic(distance);
            case LANCZOS -> distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
            case NEAREST, BOX, AREA -> throw new IllegalArgumentException(filter + " jumps");
        };
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** Harris 1978, section V.D, with the rounded constants. */
    private static double hamming(double x) {
        return 0.54 + 0.46 * Math.cos(Math.PI * x);
    }

    /** Keys 1981, equation 4, with a = -1/2. */
    private static double cubic(double s) {
        if (s <= 1) {
            return 1.5 * s * s * s - 2.5 * s * s + 1;
        }
        return s < 2 ? -0.5 * s * s * s + 2.5 * s * s - 4 * s + 2 : 0;
    }

    private static double level(double value) {
        return Math.floor(Math.max(0, Math.min(255, value)) + 0.5);
    }
}
