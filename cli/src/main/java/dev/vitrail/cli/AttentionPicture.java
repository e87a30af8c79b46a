package dev.vitrail.cli;

import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.AttentionMap;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An image, beside it the same under a map of its attention, and below both a legend.
 *
 * @param image what the network saw
 * @param map its attention
 * @param alpha how much the map covers the image, 0 to 1
 */
record AttentionPicture(RgbImage image, AttentionMap map, double alpha) {
    /** A small image is enlarged to at least this, so that there is something to see. */
    private static final int EDGE = 320;

    private static final int GAP = 8;
    private static final int LEGEND = 28;
    private static final int BAR = 120;

    /** From least to most, dark to light in even steps, also where colours are told apart badly. */
    private static final int[] COLOURS = {
        0x000004, 0x420A68, 0x932667, 0xDD513A, 0xFCA50A, 0xFCFFA4
    };

    /** The picture as a PNG file, with words in the legend. */
    byte[] png(String words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(draw(words), "png", stream);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private BufferedImage draw(String words) {
        int scale =
                Math.max(
                        1,
                        (int) Math.ceil((double) EDGE / Math.min(image.width(), image.height())));
        int width = image.width() * scale;
        int height = image.height() * scale;
        BufferedImage seen = enlarged(width, height);
        BufferedImage picture =
                new BufferedImage(2 * width + GAP, height + LEGEND, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        graphics.drawImage(seen, 0, 0, null);
        graphics.drawImage(covered(seen), width + GAP, 0, null);
        legend(graphics, words, picture.getWidth(), height);
        graphics.dispose();
        return picture;
    }

    private BufferedImage enlarged(int width, int height) {
        BufferedImage small =
                new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = image.pixels();
        for (int y = 0, at = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, at += 3) {
                small.setRGB(
                        x,
                        y,
                        (pixels[at] & 0xFF) << 16
                                | (pixels[at + 1] & 0xFF) << 8
                                | pixels[at + 2] & 0xFF);
            }
        }
        BufferedImage large = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = large.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(small, 0, 0, width, height, null);
        graphics.dispose();
        return large;
    }

    private BufferedImage covered(BufferedImage seen) {
        BufferedImage covered =
                new BufferedImage(seen.getWidth(), seen.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < seen.getHeight(); y++) {
            double row = (y + 0.5) * map.height() / seen.getHeight() - 0.5;
            for (int x = 0; x < seen.getWidth(); x++) {
                double column = (x + 0.5) * map.width() / seen.getWidth() - 0.5;
                int heat = colour(relative(row, column));
                covered.setRGB(x, y, mixed(seen.getRGB(x, y), heat, alpha));
            }
        }
        return covered;
    }

    /** Between the centres of the patches around a place; 0 is the least share, 1 the largest. */
    private double relative(double row, double column) {
        int top = (int) Math.floor(row);
        int left = (int) Math.floor(column);
        double down = row - top;
        double across = column - left;
        double upper = share(top, left) * (1 - across) + share(top, left + 1) * across;
        double lower = share(top + 1, left) * (1 - across) + share(top + 1, left + 1) * across;
        double range = map.largest() - map.least();
        return range > 0 ? (upper * (1 - down) + lower * down - map.least()) / range : 0;
    }

    private double share(int row, int column) {
        int y = Math.max(0, Math.min(map.height() - 1, row));
        int x = Math.max(0, Math.min(map.width() - 1, column));
        return map.shares()[y * map.width() + x];
    }

    private static int colour(double part) {
        double place = Math.max(0, Math.min(1, part)) * (COLOURS.length - 1);
        int before = Math.min(COLOURS.length - 2, (int) place);
        return mixed(COLOURS[before], COLOURS[before + 1], place - before);
    }

    private static int mixed(int from, int to, double part) {
        int mixed = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            double level = (from >> shift & 0xFF) * (1 - part) + (to >> shift & 0xFF) * part;
            mixed |= (int) Math.round(level) << shift;
        }
        return mixed;
    }

    private void legend(Graphics2D graphics, String words, int width, int top) {
        int bar = width - BAR - GAP;
        for (int x = 0; x < BAR; x++) {
            graphics.setColor(new Color(colour(x / (BAR - 1.0))));
            graphics.drawLine(bar + x, top + 9, bar + x, top + LEGEND - 9);
        }
        if (!hasFonts()) {
            return;
        }
        graphics.setColor(Color.DARK_GRAY);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        String shares =
                String.format(
                        Locale.ROOT,
                        "%.2f to %.2f %% of the attention a patch",
                        100 * map.least(),
                        100 * map.largest());
        int baseline = top + LEGEND - 10;
        graphics.drawString(words, GAP, baseline);
        graphics.drawString(
                shares, bar - GAP - graphics.getFontMetrics().stringWidth(shares), baseline);
    }

    /**
     * A JDK without any font throws where it is first asked for one; the bar is drawn all the same.
     */
    private static boolean hasFonts() {
        try {
            return new Font(Font.SANS_SERIF, Font.PLAIN, 12).canDisplay('%');
        } catch (RuntimeException | LinkageError | InternalError e) {
            return false;
        }
    }
}
