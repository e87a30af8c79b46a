package dev.vitrail.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message of the protobuf wire format field by field, out of a file of which only the
 * parts asked for are read: weights are skipped, not loaded.
 *
 * <p>Wire format: protobuf documentation, "Encoding". Groups, which ONNX does not use, are refused.
 * Every length is checked against the enclosing message before anything is allocated.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int FIXED32 = 5;

    private final Source source;
    private final long end;
    private long position;
    private int wireType;

    private WireReader(Source source, long start, long end) {
        this.source = source;
        this.position = start;
        this.end = end;
    }

    static WireReader of(FileChannel channel) throws IOException {
        return new WireReader(new Source(channel), 0, channel.size());
    }

    static WireReader of(byte[] bytes) {
        return new WireReader(new Source(bytes), 0, bytes.length);
    }

    /** Bytes that cannot be a message; the text completes "not an ONNX model: …". */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * Moves to the next field, whose value must then be taken or {@linkplain #skip() skipped}.
     *
     * @return the field number, or 0 at the end of the message
     */
    int next() throws IOException {
        if (position == end) {
            return 0;
        }
        long start = position;
        long tag = varint();
        wireType = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1 || field > 536_870_911L || wireType == 3 || wireType == 4 || wireType > 5) {
            throw new MalformedException("no field begins at byte " + start);
        }
        return (int) field;
    }

    /** The position of the current value in the file, in bytes. */
    long position() {
        return position;
    }

    long takeVarint() throws IOException {
        require(VARINT);
        return varint();
    }

    /** The length of the value in bytes; the value itself is passed over. */
    long takeLength() throws IOException {
        require(LENGTH_DELIMITED);
        long length = length();
        position += length;
        return length;
    }

    WireReader takeMessage() throws IOException {
        require(LENGTH_DELIMITED);
        long length = length();
        WireReader message = new WireReader(source, position, position + length);
        position += length;
        return message;
    }

    String takeText(int limit) throws IOException {
        require(LENGTH_DELIMITED);
        long start = position;
        long length = length();
        if (length > limit) {
            throw new MalformedException(
                    "the text at byte " + start + " has " + length + " bytes, at most " + limit);
        }
        byte[] bytes = source.bytes(position, (int) length);
        position += length;
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("the text at byte " + start + " is not UTF-8");
        }
    }

    void skip() throws IOException {
        long size =
                switch (wireType) {
                    case VARINT -> {
                        varint();
                        yield 0;
                    }
                    case FIXED64 -> 8;
                    case FIXED32 -> 4;
                    default -> length();
                };
        if (size > end - position) {
            throw cut(size);
        }
        position += size;
    }

    private void require(int expected) throws MalformedException {
        if (wireType != expected) {
            throw new MalformedException("the field at byte " + position + " has another type");
        }
    }

    private long length() throws IOException {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw cut(length);
        }
        return length;
    }

    private MalformedException cut(long needed) {
        return new MalformedException(
                "it ends at byte "
                        + end
                        + ", but the part that begins at byte "
                        + position
                        + " needs "
                        + (needed < 0 ? "more than 2^63" : needed)
                        + " bytes");
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position == end) {
                throw cut(1);
            }
            byte next = source.at(position++);
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedException("no number ends before byte " + position);
    }

    /** Bytes by position, through one small window that all nested messages share. */
    private static final class Source {
        private static final int WINDOW = 16 * 1024;

        private final FileChannel channel;
        private byte[] window;
        private long windowStart;
        private int windowLength;

        Source(FileChannel channel) {
            this.channel = channel;
            this.window = new byte[WINDOW];
        }

        Source(byte[] bytes) {
            this.channel = null;
            this.window = bytes;
            this.windowLength = bytes.length;
        }

        byte at(long position) throws IOException {
            long offset = position - windowStart;
            if (offset < 0 || offset >= windowLength) {
                load(position);
                offset = 0;
            }
            return window[(int) offset];
        }

        byte[] bytes(long position, int length) throws IOException {
            byte[] result = new byte[length];
            for (int i = 0; i < length; i++) {
                result[i] = at(position + i);
            }
            return result;
        }

        private void load(long position) throws IOException {
            if (channel == null) {
                throw new MalformedException("it ends at byte " + windowLength);
            }
            ByteBuffer buffer = ByteBuffer.wrap(window);
            int read = 0;
            while (buffer.hasRemaining() && read >= 0) {
                read = channel.read(buffer, position + buffer.position());
            }
            if (buffer.position() == 0) {
                throw new MalformedException("it became shorter while it was read");
            }
            windowStart = position;
            windowLength = buffer.position();
        }
    }
}
