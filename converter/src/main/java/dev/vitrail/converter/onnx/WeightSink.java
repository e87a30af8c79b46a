package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file being written from the front to the back: small pieces are gathered, large ones go
 * straight from the memory they are in.
 */
final class WeightSink implements WritableByteChannel {
    private static final int GATHERED = 1 << 20;
    private static final byte[] ZEROS = new byte[1 << 16];

    private final FileChannel file;
    private final ByteBuffer gathered = ByteBuffer.allocateDirect(GATHERED);
    private long position;

    WeightSink(FileChannel file) {
        this.file = file;
    }

    /** Bytes written so far. */
    long position() {
        return position;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int bytes = source.remaining();
        boolean isLarge = bytes > GATHERED / 2;
        if (isLarge || bytes > gathered.remaining()) {
            flush();
        }
        if (isLarge) {
            while (source.hasRemaining()) {
                file.write(source);
            }
        } else {
            gathered.put(source);
        }
        position += bytes;
        return bytes;
    }

    void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    /** Fills with zeros up to a multiple of the alignment. */
    void align(int alignment) throws IOException {
        long missing = -position & (alignment - 1);
        while (missing > 0) {
            int piece = (int) Math.min(missing, ZEROS.length);
            write(ByteBuffer.wrap(ZEROS, 0, piece));
            missing -= piece;
        }
    }

    /** Everything onto the disk. */
    void force() throws IOException {
        flush();
        file.force(true);
    }

    private void flush() throws IOException {
        gathered.flip();
        while (gathered.hasRemaining()) {
            file.write(gathered);
        }
        gathered.clear();
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    /** Closes the file without writing what is gathered; {@link #force} does that. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
