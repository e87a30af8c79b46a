package dev.vitrail.cli;

import java.util.Locale;

/** How {@code classify} writes rows to standard output. */
enum RowFormat {
    /** For people: a line an image. */
    TEXT,
    /** JSON lines. */
    JSONL,
    /** Comma-separated values. */
    CSV,
    /** Apache Parquet, for a pipe or a file. */
    PARQUET;

    /** As a command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
