package dev.vitrail.cli;

import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * All that the command says: results on standard output, progress and complaints on standard error.
 *
 * <p>Standard output is written through a plain stream, because {@code PrintStream} swallows a full
 * disk and a closed pipe and lets the program end with 0.
 */
final class Console {
    private static final ObjectWriter JSON =
            new ObjectMapper()
                    .writer(
                            new DefaultPrettyPrinter(
                                    Separators.createDefaultInstance()
                                            .withObjectFieldValueSpacing(
                                                    Separators.Spacing.AFTER)));

    private final OutputStream out;
    private final OutputStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;

    Console(OutputStream out, OutputStream err, boolean outIsTerminal, boolean errIsTerminal) {
        this.out = new BufferedOutputStream(out, 1 << 16);
        this.err = err;
        this.outIsTerminal = outIsTerminal;
        this.errIsTerminal = errIsTerminal;
    }

    /** The process's own streams; the launcher says whether they are terminals. */
    static Console ofProcess() {
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Boolean.getBoolean("vitrail.terminal.out"),
                Boolean.getBoolean("vitrail.terminal.err"));
    }

    boolean outIsTerminal() {
        return outIsTerminal;
    }

    boolean errIsTerminal() {
        return errIsTerminal;
    }

    /** A line of result on standard output. */
    void print(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            if (outIsTerminal) {
                out.flush();
            }
        } catch (IOException e) {
            throw new OutputClosed(e);
        }
    }

    /** One machine-readable object on standard output. */
    void json(Object value) {
        try {
            print(JSON.writeValueAsString(value));
        } catch (IOException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    /** A line on standard error: what is being done, or a hint. */
    void note(String line) {
        complain(line);
    }

    /** A line on standard error about something that did not stop the work. */
    void warn(String line) {
        complain("warning: " + line);
    }

    /** Why the command ends without success. */
    void error(String sentence) {
        complain("vitrail: " + sentence);
    }

    private synchronized void complain(String line) {
        try {
            err.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Nobody listens any more; the exit code still speaks.
            return;
        }
    }

    /** Progress on standard error: a bar on a terminal, a line now and then elsewhere. */
    Progress progress(String task, long total, String unit) {
        return errIsTerminal
                ? new BarProgress(task, total, unit, err)
                : new LineProgress(task, total, unit, this);
    }

    /** Standard output as bytes, for rows that are written while they arise. */
    OutputStream results() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    out.write(bytes, offset, length);
                } catch (IOException e) {
                    throw new OutputClosed(e);
                }
            }

            @Override
            public void flush() {
                Console.this.flush();
            }

            @Override
            public void close() {
                // Standard output outlives the writer that was given it.
                flush();
            }
        };
    }

    /** For picocli's help and usage texts. */
    PrintWriter helpWriter(boolean complaints) {
        OutputStream target = complaints ? err : out;
        return new PrintWriter(
                new Writer() {
                    @Override
                    public void write(char[] characters, int offset, int length)
                            throws IOException {
                        target.write(
                                new String(characters, offset, length)
                                        .getBytes(StandardCharsets.UTF_8));
                    }

                    @Override
                    public void flush() throws IOException {
                        target.flush();
                    }

                    @Override
                    public void close() throws IOException {
                        flush();
                    }
                },
                true);
    }

    /**
     * Writes out what is still buffered.
     *
     * @throws OutputClosed where it cannot be written
     */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputClosed(e);
        }
    }
}
