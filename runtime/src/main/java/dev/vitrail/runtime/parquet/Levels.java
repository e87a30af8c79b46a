package dev.vitrail.runtime.parquet;

/**
 * Levels of a page, by which null values and the beginnings of lists are known, as run lengths: the
 * format's hybrid of run lengths and packed bits, of which only the former are used.
 */
final class Levels {
    private final Bytes runs = new Bytes();
    private int level;
    private int length;

    void add(int next, int times) {
        if (next != level) {
            endRun();
            level = next;
        }
        length += times;
    }

    private void endRun() {
        if (length > 0) {
            runs.writeVarint((long) length << 1);
            // Levels are at most 2 here, so a byte holds them.
            runs.write(level);
            length = 0;
        }
    }

    /** Ends the levels and puts them behind their length in bytes. */
    void writeTo(Bytes page) {
        endRun();
        page.writeInt(runs.size());
        page.writeBytes(runs.toByteArray());
    }

    int bytes() {
        return runs.size();
    }
}
