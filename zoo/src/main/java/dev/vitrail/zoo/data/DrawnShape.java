package dev.vitrail.zoo.data;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Locale;

/**
 * The classes of the drawn pictures. Each outline fits the unit circle around the origin, so that
 * turning it never changes the room that it needs.
 */
public enum DrawnShape {
    /** A filled disc. */
    CIRCLE {
        @Override
        Shape outline() {
            return disc(0, 0, 1);
        }
    },
    /** A disc with another disc bitten out of it. */
    CRESCENT {
        @Override
        Shape outline() {
            return without(disc(0, 0, 1), disc(0.5, 0, 0.8));
        }
    },
    /** Two bars at a right angle. */
    CROSS {
        @Override
        Shape outline() {
            Area cross = new Area(new Rectangle2D.Double(-0.95, -0.3, 1.9, 0.6));
            cross.add(new Area(new Rectangle2D.Double(-0.3, -0.95, 0.6, 1.9)));
            return cross;
        }
    },
    /** Two lobes above a point. */
    HEART {
        @Override
        Shape outline() {
            Path2D heart = new Path2D.Double();
            heart.moveTo(0, 0.95);
            heart.curveTo(-1.45, -0.05, -0.8, -1.25, 0, -0.5);
            heart.curveTo(0.8, -1.25, 1.45, -0.05, 0, 0.95);
            heart.closePath();
            return heart;
        }
    },
    /** A disc with a hole in its middle. */
    RING {
        @Override
        Shape outline() {
            return without(disc(0, 0, 1), disc(0, 0, 0.58));
        }
    },
    /** A square, corners on the unit circle. */
    SQUARE {
        @Override
        Shape outline() {
            return polygon(4, Math.PI / 4, 1, 1);
        }
    },
    /** A star of five points. */
    STAR {
        @Override
        Shape outline() {
            return polygon(10, 0, 1, 0.42);
        }
    },
    /** An equilateral triangle, corners on the unit circle. */
    TRIANGLE {
        @Override
        Shape outline() {
            return polygon(3, 0, 1, 1);
        }
    };

    /**
     * Returns the class's name, which is also the name of its folder.
     *
     * @return the name in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract Shape outline();

    private static Ellipse2D disc(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private static Area without(Shape whole, Shape bite) {
        Area area = new Area(whole);
        area.subtract(new Area(bite));
        return area;
    }

    /** Corners at equal angles, the first so far from the top, at the two radii in turn. */
    private static Path2D polygon(int corners, double first, double evenRadius, double oddRadius) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < corners; i++) {
            double angle = first + 2 * Math.PI * i / corners - Math.PI / 2;
            double radius = i % 2 == 0 ? evenRadius : oddRadius;
            double x = radius * Math.cos(angle);
            double y = radius * Math.sin(angle);
            if (i == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
        return path;
    }
}
