package dev.vitrail.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Turns JSON lines, written one a call, into the elements of the array {@code results} in one JSON
 * object, so that rows need not be kept until the object ends.
 */
final class JsonArrayStream extends FilterOutputStream {
    private boolean begun;

    JsonArrayStream(OutputStream target) {
        super(target);
    }

    @Override
    public void write(byte[] line, int offset, int length) throws IOException {
        out.write((begun ? ",\n" : "{\"results\": [\n").getBytes(StandardCharsets.UTF_8));
        begun = true;
        out.write(line, offset, length - 1);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** The rest of the object: the end of the array and the summary's members. */
    String closing(String summary) {
        return (begun ? "\n" : "{\"results\": [") + "], " + summary.substring(1);
    }
}
