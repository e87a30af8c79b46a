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
 * Draws one labelled picture: a shape of random colour, size, place and turn over a darker gradient
 * of two random colours with some clutter, under noise. No colour, place or size belongs to a
 * class, so a network has to learn outlines. A picture depends on nothing but its seed, class,
 * index and edge.
 *
 * <p>That the shape is always the lighter part is what makes a small network learn in a minute:
 * with the sign of the contrast random too, the first layer, which is linear, finds no edge that
 * means the same in two pictures, and training stands still for many epochs.
 */
public final class ShapePainter {

    /** Luma (0 to 255) that no background reaches and every shape exceeds. */
    private static final double DARKEST_SHAPE = 165;

    private static final double LIGHTEST_BACKGROUND = 95;

    /** Clutter may be lighter than the background and is never as light as a shape. */
    private static final double LIGHTEST_CLUTTER = 130;

    /** Radians to either side of upright. */
    private static final double GREATEST_TURN = 0.3;

    /** Parts of the edge. */
    private static final double LEAST_RADIUS = 0.34;

    private static final double GREATEST_RADIUS = 0.46;
    private static final int MOST_CLUTTER = 3;
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
            paintBackground(graphics, random);
            paintClutter(graphics, random);
            paintShape(graphics, shape, random);
        } finally {
            graphics.dispose();
        }
        addNoise(picture, random.nextDouble() * MOST_NOISE, random);
        return picture;
    }

    private void paintBackground(Graphics2D graphics, RandomGenerator random) {
        Color first = colour(0, LIGHTEST_BACKGROUND, random);
        Color second = colour(0, LIGHTEST_BACKGROUND, random);
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
            graphics.setPaint(colour(0, LIGHTEST_CLUTTER, random));
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

    private void paintShape(Graphics2D graphics, DrawnShape shape, RandomGenerator random) {
        double radius = edge * random.nextDouble(LEAST_RADIUS, GREATEST_RADIUS);
        double room = edge - 2 * radius;
        AffineTransform place = new AffineTransform();
        place.translate(radius + random.nextDouble() * room, radius + random.nextDouble() * room);
        place.rotate(random.nextDouble(-GREATEST_TURN, GREATEST_TURN));
        place.scale(radius, radius * random.nextDouble(0.88, 1.0));
        graphics.setPaint(colour(DARKEST_SHAPE, 255, random));
        graphics.fill(place.createTransformedShape(shape.outline()));
    }

    /** A colour whose luma (ITU-R BT.601) lies within the bounds. */
    private static Color colour(double leastLuma, double greatestLuma, RandomGenerator random) {
        while (true) {
            int red = random.nextInt(256);
            int green = random.nextInt(256);
            int blue = random.nextInt(256);
            double luma = 0.299 * red + 0.587 * green + 0.114 * blue;
            if (luma >= leastLuma && luma <= greatestLuma) {
                return new Color(red, green, blue);
            }
        }
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
