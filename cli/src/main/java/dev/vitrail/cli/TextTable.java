package dev.vitrail.cli;

import java.util.ArrayList;
import java.util.List;

/** A plain table: columns as wide as their widest cell, numbers to the right. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    TextTable(String... header) {
        columns = header.length;
        rows.add(List.of(header));
    }

    /** Adds a row of as many cells as the header has. */
    TextTable row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns);
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The lines: header, rule, rows. */
    List<String> lines() {
        int[] widths = new int[columns];
        boolean[] numeric = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            numeric[column] = rows.size() > 1;
            for (int row = 0; row < rows.size(); row++) {
                String cell = rows.get(row).get(column);
                widths[column] = Math.max(widths[column], width(cell));
                numeric[column] &= row == 0 || cell.matches("[-+]?[0-9][0-9 .,e+-]*( ?%)?|-?");
            }
        }
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = rows.get(row).get(column);
                String padding = " ".repeat(widths[column] - width(cell));
                line.append(column == 0 ? "" : "  ")
                        .append(numeric[column] ? padding + cell : cell + padding);
            }
            lines.add(line.toString().stripTrailing());
            if (row == 0) {
                StringBuilder rule = new StringBuilder();
                for (int column = 0; column < columns; column++) {
                    rule.append(column == 0 ? "" : "  ").append("-".repeat(widths[column]));
                }
                lines.add(rule.toString());
            }
        }
        return lines;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
