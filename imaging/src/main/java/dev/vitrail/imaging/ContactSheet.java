package dev.vitrail.imaging;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures in rows under headings, each with a few words below it, as one PNG. */
public final class ContactSheet {
    /** Small pictures are enlarged by a whole factor to about this. */
    private static final int EDGE = 128;

    private static final int GAP = 10;
    private static final int LINE = 15;
    private static final int HEADING = 34;
    private static final Color PAPER = new Color(0xFAFAF8);
    private static final Color INK = new Color(0x222222);
    private static final Color FAINT = new Color(0x777770);
    private static final Font WORDS = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Font HEAD = new Font(Font.SANS_SERIF, Font.BOLD, 15);

    /**
     * A picture and the lines below it.
     *
     * @param image of the sheet's size
     * @param lines a few words each; what does not fit is cut off
     */
    public record Cell(RgbImage image, List<String> lines) {

        /**
         * Copies the lines.
         *
         * @param image as the component
         * @param lines as the component
         */
        public Cell {
            lines = List.copyOf(lines);
        }
    }

    private record Part(String heading, List<List<Cell>> rows) {
        int lines() {
            return rows.stream()
                    .flatMap(List::stream)
                    .mapToInt(cell -> cell.lines().size())
                    .max()
                    .orElse(0);
        }
    }

    private final int height;
    private final int width;
    private final int scale;
    private final List<Part> parts = new ArrayList<>();

    /**
     * An empty sheet.
     *
     * @param height rows of each picture
     * @param width columns of each picture
     */
    public ContactSheet(int height, int width) {
        this.height = height;
        this.width = width;
        this.scale = Math.max(1, EDGE / Math.min(height, width));
    }

    /**
     * Adds rows below what is there.
     *
     * @param heading above them
     * @param rows of cells from left to right
     */
    public void add(String heading, List<List<Cell>> rows) {
        parts.add(new Part(heading, rows));
    }

    /**
     * Draws the sheet.
     *
     * @return a whole PNG file
     */
    public byte[] png() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(draw(), "png", stream);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private BufferedImage draw() {
        int columns =
                parts.stream()
                        .flatMap(part -> part.rows().stream())
                        .mapToInt(List::size)
                        .max()
                        .orElse(1);
        int tall = GAP;
        for (Part part : parts) {
            tall += HEADING + part.rows().size() * rowHeight(part);
        }
        BufferedImage sheet =
                new BufferedImage(
                        GAP + columns * (width * scale + GAP), tall, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(PAPER);
        graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        int y = GAP;
        for (Part part : parts) {
            graphics.setFont(HEAD);
            graphics.setColor(INK);
            graphics.drawString(part.heading(), GAP, y + HEADING - 14);
            y += HEADING;
            for (List<Cell> row : part.rows()) {
                draw(graphics, row, y);
                y += rowHeight(part);
            }
        }
        graphics.dispose();
        return sheet;
    }

    private int rowHeight(Part part) {
        return height * scale + part.lines() * LINE + GAP;
    }

    private void draw(Graphics2D graphics, List<Cell> row, int y) {
        int x = GAP;
        graphics.setFont(WORDS);
        graphics.setColor(FAINT);
        for (Cell cell : row) {
            graphics.drawImage(picture(cell.image()), x, y, width * scale, height * scale, null);
            int line = y + height * scale + LINE - 2;
            for (String words : cell.lines()) {
                graphics.drawString(fitting(graphics, words), x, line);
                line += LINE;
            }
            x += width * scale + GAP;
        }
    }

    /** As much of a text as a column is wide. */
    private String fitting(Graphics2D graphics, String words) {
        String shown = words;
        while (shown.length() > 1 && graphics.getFontMetrics().stringWidth(shown) > width * scale) {
            shown = shown.substring(0, shown.length() - 2) + "\u2026";
        }
        return shown;
    }

    private static BufferedImage picture(RgbImage image) {
        BufferedImage picture =
                new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = image.pixels();
        for (int y = 0, at = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, at += 3) {
                picture.setRGB(
                        x,
                        y,
                        (pixels[at] & 0xFF) << 16
                                | (pixels[at + 1] & 0xFF) << 8
                                | pixels[at + 2] & 0xFF);
            }
        }
        return picture;
    }
}
