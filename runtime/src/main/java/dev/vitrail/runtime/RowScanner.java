package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.Failed;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Finds the whole rows at the start of a file; what follows the last of them is torn.
 *
 * @param rows the rows, without headers
 * @param end the position behind the last whole row
 */
record RowScanner(EarlierRows rows, long end) {

    /** Is given a row. */
    interface RowVisitor {
        void visit(ResultRow row) throws IOException;
    }

    static RowScanner scan(FileChannel channel, RowSyntax syntax, RowVisitor found)
            throws IOException {
        // Not closed: closing the stream would close the channel and give up its lock.
        InputStream bytes = new BufferedInputStream(Channels.newInputStream(channel.position(0)));
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        int headers = syntax.headerRows();
        int count = 0;
        int failed = 0;
        int unsure = 0;
        String lastPath = null;
        long end = 0;
        long position = 0;
        boolean quoted = false;
        for (int next = bytes.read(); next >= 0; next = bytes.read()) {
            position++;
            row.write(next);
            quoted ^= next == '"' && syntax.quotesLineEnds();
            if (next != '\n' || quoted) {
                continue;
            }
            if (headers > 0) {
                headers--;
            } else {
                ResultRow read = syntax.read(row.toString(StandardCharsets.UTF_8).stripTrailing());
                count++;
                failed += read.prediction() instanceof Failed ? 1 : 0;
                unsure += read.unsure() ? 1 : 0;
                lastPath = read.path();
                found.visit(read);
            }
            end = position;
            row.reset();
        }
        return new RowScanner(new EarlierRows(count, failed, unsure, lastPath), end);
    }
}
