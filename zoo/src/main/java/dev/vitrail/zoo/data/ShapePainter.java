package dev.vitrail.zoo.data;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;

/**
 * Draws one labelled picture: a shape of random colour, size, place and turn over a two-coloured
 * gradient with some clutter, under noise. No colour, place or size belongs to a class, so a
 * network has to learn outlines. A picture depends on nothing but its seed, class, index and edge.
 */
public final class ShapePainter {

    /** Least distance of two colours in RGB (0 to 441) at which an outline is plain to see. */
    private static final double CONTRAST = 120;

    private static final double LEAST_RADIUS = 0.24;
    private static final double GREATEST_RADIUS = 0.42;
    private static final int MOST_CLUTTER = 4;
    private static final double MOST_NOISE = 12;

    private final int edge;

    /**
     * Creates a painter.
     *
     * @param edge width and height of its pictures, in pixels
     */
    public ShapePainter(int edge) {
        if (edge < 16) {
            throw new IllegalArgumentException("edge is " + edge + ", must be at least 16");
        }
        this.edge = edge;
    }

    /**
     * Paints the picture at an address.
     *
     * @param shape the class
     * @param seed the collection's seed
     * @param index the number of the picture in its class
     * @return an RGB picture of edge by edge pixels
     */
    public BufferedImage paint(DrawnShape shape, long seed, int index) {
        RandomGenerator random = Seeds.random(seed, shape.label().hashCode(), index);
        BufferedImage picture = new BufferedImage(edge, edge, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setRenderingHint(
                    RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(
                    RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            Color first = colour(random);
            Color second = colour(random);
            paintBackground(graphics, first, second, random);
            paintClutter(graphics, random);
            paintShape(graphics, shape, contrasting(first, second, random), random);
        } finally {
            graphics.dispose();
        }
        addNoise(picture, random.nextDouble() * MOST_NOISE, random);
        return picture;
    }

    private void paintBackground(
            Graphics2D graphics, Color first, Color second, RandomGenerator random) {
        double angle = random.nextDouble() * 2 * Math.PI;
        double half = edge / 2.0;
        float dx = (float) (half * Math.cos(angle));
        float dy = (float) (half * Math.sin(angle));
        float middle = (float) half;
        graphics.setPaint(
                new GradientPaint(
                        middle - dx, middle - dy, first, middle + dx, middle + dy, second));
        graphics.fillRect(0, 0, edge, edge);
    }

    /** Thin lines and small dots behind the shape, too small to be one themselves. */
    private void paintClutter(Graphics2D graphics, RandomGenerator random) {
        int pieces = random.nextInt(MOST_CLUTTER + 1);
        for (int i = 0; i < pieces; i++) {
            graphics.setPaint(colour(random));
            double x = random.nextDouble() * edge;
            double y = random.nextDouble() * edge;
            if (random.nextBoolean()) {
                graphics.setStroke(new BasicStroke((float) (edge * 0.02)));
                graphics.draw(
                        new Line2D.Double(
                                x, y, random.nextDouble() * edge, random.nextDouble() * edge));
            } else {
                double radius = edge * (0.02 + 0.04 * random.nextDouble());
                graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
            }
        }
    }

    private void paintShape(
            Graphics2D graphics, DrawnShape shape, Color colour, RandomGenerator random) {
        double radius = edge * random.nextDouble(LEAST_RADIUS, GREATEST_RADIUS);
        double room = edge - 2 * radius;
        AffineTransform place = new AffineTransform();
        place.translate(radius + random.nextDouble() * room, radius + random.nextDouble() * room);
        place.rotate(random.nextDouble() * 2 * Math.PI);
        place.scale(radius, radius * random.nextDouble(0.88, 1.0));
        graphics.setPaint(colour);
        graphics.fill(place.createTransformedShape(shape.outline()));
    }

    private static Color contrasting(Color first, Color second, RandomGenerator random) {
        Color best = colour(random);
        // Almost always one of the first few will do; the best of fifty is the fallback.
        for (int i = 0; i < 50 && contrast(best, first, second) < CONTRAST; i++) {
            Color other = colour(random);
            if (contrast(other, first, second) > contrast(best, first, second)) {
                best = other;
            }
        }
        return best;
    }

    /** Distance to the line between the two colours, since the gradient runs through all of it. */
    private static double contrast(Color colour, Color first, Color second) {
        double least = Double.MAX_VALUE;
        for (int i = 0; i <= 8; i++) {
            double share = i / 8.0;
            double red = mix(first.getRed(), second.getRed(), share) - colour.getRed();
            double green = mix(first.getGreen(), second.getGreen(), share) - colour.getGreen();
            double blue = mix(first.getBlue(), second.getBlue(), share) - colour.getBlue();
            least = Math.min(least, Math.sqrt(red * red + green * green + blue * blue));
        }
        return least;
    }

    private static double mix(int from, int to, double share) {
        return from + (to - from) * share;
    }

    private static Color colour(RandomGenerator random) {
        return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    private void addNoise(BufferedImage picture, double deviation, RandomGenerator random) {
        int[] pixels = picture.getRGB(0, 0, edge, edge, null, 0, edge);
        for (int i = 0; i < pixels.length; i++) {
            int red = noisy(pixels[i] >> 16 & 255, deviation, random);
            int green = noisy(pixels[i] >> 8 & 255, deviation, random);
            int blue = noisy(pixels[i] & 255, deviation, random);
            pixels[i] = red << 16 | green << 8 | blue;
        }
        picture.setRGB(0, 0, edge, edge, pixels, 0, edge);
    }

    private static int noisy(int level, double deviation, RandomGenerator random) {
        return (int)
                Math.max(0, Math.min(255, Math.round(level + deviation * random.nextGaussian())));
    }
}
