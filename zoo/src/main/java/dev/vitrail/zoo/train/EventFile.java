package dev.vitrail.zoo.train;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A file of scalars that TensorBoard reads: records of TensorFlow ({@code record_writer.h}: length,
 * masked CRC-32C of the length, data, masked CRC-32C of the data) that each hold an {@code Event}
 * ({@code event.proto}). The few protobuf fields are written by hand, so that nothing is needed for
 * them.
 *
 * <p>Records are appended as they come and never buffered here, so a killed process loses none. An
 * end that is torn is what a reader leaves out, and what {@link #cut} removes.
 */
final class EventFile implements AutoCloseable {

    private static final String PREFIX = "events.out.tfevents.";
    private static final String SUFFIX = ".vitrail";

    private static final int FRAME = Long.BYTES + Integer.BYTES;

    /** Field numbers shifted by 3 bits, with the wire type: 0 varint, 1 eight bytes, 2 bytes, 5. */
    private static final int WALL_TIME = 1 << 3 | 1;

    private static final int STEP = 2 << 3;
    private static final int FILE_VERSION = 3 << 3 | 2;
    private static final int SUMMARY = 5 << 3 | 2;
    private static final int SESSION_LOG = 7 << 3 | 2;
    private static final int SUMMARY_VALUE = 1 << 3 | 2;
    private static final int TAG = 1 << 3 | 2;
    private static final int SIMPLE_VALUE = 2 << 3 | 5;
    private static final int STATUS = 1 << 3;
    private static final int STATUS_START = 1;

    private final FileChannel channel;
    private final Clock clock;

    private EventFile(FileChannel channel, Clock clock) {
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * What is known of a record that was read back.
     *
     * @param step 0 where none is given
     * @param tag of its first scalar; empty where it has none
     */
    record Entry(long step, Optional<String> tag) {}

    /**
     * Begins a file.
     *
     * @param folder where
     * @param firstStep of a training that goes on: readers that saw this or a later step before
     *     forget it
     * @param clock tells when a record was written
     * @throws IOException if it cannot be written
     */
    static EventFile create(Path folder, OptionalLong firstStep, Clock clock) throws IOException {
        long second = clock.millis() / 1000;
        while (true) {
            try {
                // TensorBoard reads the files of a folder by name and expects seconds in it.
                Path file = folder.resolve(PREFIX + String.format("%010d", second) + SUFFIX);
                EventFile events =
                        new EventFile(
                                FileChannel.open(
                                        file,
                                        StandardOpenOption.CREATE_NEW,
                                        StandardOpenOption.WRITE),
                                clock);
                events.begin(firstStep);
                return events;
            } catch (FileAlreadyExistsException e) {
                second++;
            }
        }
    }

    private void begin(OptionalLong firstStep) throws IOException {
        append(event().bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
        if (firstStep.isPresent()) {
            byte[] start = new Message().key(STATUS).varint(STATUS_START).toBytes();
            append(event().key(STEP).varint(firstStep.getAsLong()).bytes(SESSION_LOG, start));
        }
    }

    /**
     * Appends scalars.
     *
     * @param step of all of them
     * @param scalars by tag
     * @throws IOException if they cannot be written
     */
    void append(long step, Map<String, Double> scalars) throws IOException {
        Message summary = new Message();
        scalars.forEach(
                (tag, value) ->
                        summary.bytes(
                                SUMMARY_VALUE,
                                new Message()
                                        .bytes(TAG, tag.getBytes(StandardCharsets.UTF_8))
                                        .key(SIMPLE_VALUE)
                                        .fixed32(Float.floatToIntBits(value.floatValue()))
                                        .toBytes()));
        append(event().key(STEP).varint(step).bytes(SUMMARY, summary.toBytes()));
    }

    private Message event() {
        double seconds = clock.millis() / 1e3;
        return new Message().key(WALL_TIME).fixed64(Double.doubleToLongBits(seconds));
    }

    private void append(Message event) throws IOException {
        byte[] data = event.toBytes();
        ByteBuffer record = littleEndian(FRAME + data.length + Integer.BYTES);
        record.putLong(data.length);
        record.putInt(masked(record.array(), Long.BYTES));
        record.put(data).putInt(masked(data, data.length)).flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    /** The checksum of a record, as TensorFlow's {@code crc32c::Mask} changes it. */
    private static int masked(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        int crc = (int) checksum.getValue();
        return Integer.rotateRight(crc, 15) + 0xa282ead8;
    }

    /** The files of a folder that this class wrote. */
    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> {
                                String name = file.getFileName().toString();
                                return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
                            })
                    .sorted()
                    .toList();
        }
    }

    /**
     * Cuts a file before its first record that is not wanted, is torn or is damaged.
     *
     * @param file that nobody writes to
     * @param wanted which records stay
     * @throws IOException if it cannot be read or written
     */
    static void cut(Path file, Predicate<Entry> wanted) throws IOException {
        long end = 0;
        try (DataInputStream input =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            Optional<byte[]> data = read(input);
            while (data.isPresent() && wanted.test(entry(data.get()))) {
                end += FRAME + data.get().length + Integer.BYTES;
                data = read(input);
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(end);
        }
    }

    /** The next record's data; empty where none that is whole follows. */
    private static Optional<byte[]> read(InputStream input) throws IOException {
        byte[] frame = input.readNBytes(FRAME);
        if (frame.length < FRAME) {
            return Optional.empty();
        }
        ByteBuffer header = littleEndian(FRAME).put(frame).flip();
        long length = header.getLong();
        if (header.getInt() != masked(frame, Long.BYTES) || length > Integer.MAX_VALUE - FRAME) {
            return Optional.empty();
        }
        byte[] data = input.readNBytes((int) length);
        byte[] checksum = input.readNBytes(Integer.BYTES);
        boolean isWhole =
                checksum.length == Integer.BYTES
                        && littleEndian(Integer.BYTES).put(checksum).flip().getInt()
                                == masked(data, data.length);
        return isWhole ? Optional.of(data) : Optional.empty();
    }

    private static ByteBuffer littleEndian(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads an event that {@link #append} wrote: its time, and then what else it has, in order. */
    private static Entry entry(byte[] event) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(event, 1 + Long.BYTES, event.length - 1 - Long.BYTES);
        long step = 0;
        int key = bytes.get();
        if (key == STEP) {
            step = varint(bytes);
            key = bytes.get();
        }
        if (key != SUMMARY) {
            return new Entry(step, Optional.empty());
        }
        varint(bytes);
        bytes.get();
        varint(bytes);
        bytes.get();
        byte[] tag = new byte[(int) varint(bytes)];
        bytes.get(tag);
        return new Entry(step, Optional.of(new String(tag, StandardCharsets.UTF_8)));
    }

    private static long varint(ByteBuffer bytes) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = bytes.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new EOFException("a varint without end");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** A protobuf message while it is written. */
    private static final class Message {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

        Message key(int key) {
            bytes.write(key);
            return this;
        }

        Message varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
            return this;
        }

        Message fixed32(int value) {
            bytes.writeBytes(littleEndian(Integer.BYTES).putInt(value).array());
            return this;
        }

        Message fixed64(long value) {
            bytes.writeBytes(littleEndian(Long.BYTES).putLong(value).array());
            return this;
        }

        Message bytes(int key, byte[] content) {
            key(key).varint(content.length);
            bytes.writeBytes(content);
            return this;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }
}
