package dev.vitrail.cli;

/** How {@code classify} writes rows to standard output. */
enum RowFormat {
    /** For people: a line an image. */
    TEXT,
    /** JSON lines. */
    JSONL,
    /** Comma-separated values. */
    CSV
}
