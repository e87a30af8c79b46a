package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A safetensors file, mapped.
 *
 * <p>Opening reads and checks the header; a tensor is mapped when it is asked for, by a map of its
 * own, so that neither the 2 GB of a Java buffer nor 32-bit offsets bound the file. A file that
 * another program shortens while it is mapped ends the JVM; writers that replace files whole, as
 * {@link AtomicFile} does, are harmless.
 */
public final class SafetensorsFile implements Weights {

    /** The reference's limit on the header's length. */
    static final long MAXIMUM_HEADER = 100_000_000;

    /** Bytes read at a time where a tensor is streamed; a multiple of every element's size. */
    private static final int CHUNK = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long dataStart;
    private final SafetensorsHeader header;
    private final Map<String, Shape> shapes;

    private SafetensorsFile(
            Path path, FileChannel channel, long dataStart, SafetensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.dataStart = dataStart;
        this.header = header;
        Map<String, Shape> shapeByName = new LinkedHashMap<>();
        header.tensors().forEach((name, entry) -> shapeByName.put(name, entry.shape()));
        shapes = Collections.unmodifiableMap(shapeByName);
    }

    /**
     * Opens a file and checks all of its header.
     *
     * @param path of the file
     * @return the file, to be closed
     * @throws WeightsException if it cannot be read or is not a sound safetensors file
     */
    public static SafetensorsFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new WeightsException(path, "is a folder, must be a safetensors file");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            SafetensorsFile file = read(path, channel);
            channel = null; // now the file's own
            return file;
        } catch (IOException e) {
            throw WeightsException.of(path, "cannot be read", e);
        } finally {
            closeQuietly(channel);
        }
    }

    private static SafetensorsFile read(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new WeightsException(
                    path, "has " + size + " bytes, a safetensors file has at least 8");
        }
        ByteBuffer first = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, first, 0);
        long headerBytes = first.flip().getLong();
        if (headerBytes < 0 || headerBytes > Math.min(MAXIMUM_HEADER, size - Long.BYTES)) {
            throw new WeightsException(path, badLength(path, first.rewind(), headerBytes, size));
        }
        checkEdges(path, channel, headerBytes);
        InputStream bytes =
                new BoundedInput(
                        Channels.newInputStream(channel.position(Long.BYTES)), headerBytes);
        InputStreamReader text =
                new InputStreamReader(
                        bytes,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT));
        long dataStart = Long.BYTES + headerBytes;
        SafetensorsHeader header = SafetensorsHeader.read(path, text, size - dataStart);
        return new SafetensorsFile(path, channel, dataStart, header);
    }

    private static String badLength(Path path, ByteBuffer first, long headerBytes, long size)
            throws IOException {
        return ForeignFormat.recognise(path, first)
                .map(ForeignFormat::advice)
                .orElseGet(
                        () ->
                                String.format(
                                        "announces a header of %s bytes, must be at most %d and"
                                                + " fit in the file's %d",
                                        Long.toUnsignedString(headerBytes), MAXIMUM_HEADER, size));
    }

    /** What a lenient JSON parser might pass over, named for what it is. */
    private static void checkEdges(Path path, FileChannel channel, long headerBytes)
            throws IOException {
        ByteBuffer start = ByteBuffer.allocate((int) Math.min(3, headerBytes));
        readFully(channel, start, Long.BYTES);
        if (start.capacity() == 3
                && start.get(0) == (byte) 0xEF
                && start.get(1) == (byte) 0xBB
                && start.get(2) == (byte) 0xBF) {
            throw new WeightsException(path, "the header begins with a byte-order mark");
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        if (headerBytes > 0) {
            readFully(channel, last, Long.BYTES + headerBytes - 1);
            if (last.get(0) == 0) {
                throw new WeightsException(
                        path, "the header is padded with NUL bytes, must be padded with spaces");
            }
        }
    }

    @Override
    public Path origin() {
        return path;
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    /**
     * What the file says about itself.
     *
     * @return the {@code __metadata__} object, unmodifiable, empty where there is none
     */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public ElementType type(String name) {
        return entry(name).type();
    }

    @Override
    public ByteBuffer floats(String name) {
        TensorEntry entry = floatEntry(name);
        if (entry.shape().size() > Integer.MAX_VALUE / Float.BYTES
                || entry.bytes() > Integer.MAX_VALUE) {
            throw new WeightsException(
                    path,
                    String.format(
                            "tensor \"%s\" is %s, one tensor may have at most 2 GB as floats",
                            name, entry.shape()));
        }
        try {
            ByteBuffer stored =
                    channel.map(
                                    FileChannel.MapMode.READ_ONLY,
                                    dataStart + entry.begin(),
                                    entry.bytes())
                            .order(ByteOrder.LITTLE_ENDIAN);
            return Widening.toFloats(stored, entry.type());
        } catch (IOException e) {
            throw WeightsException.of(path, "tensor \"" + name + "\" cannot be mapped", e);
        }
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        TensorEntry entry = floatEntry(name);
        ByteBuffer stored =
                ByteBuffer.allocate((int) Math.min(CHUNK, entry.bytes()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer values =
                FloatBuffer.allocate(stored.capacity() / (entry.type().bits() / Byte.SIZE));
        long position = entry.begin();
        while (position < entry.end()) {
            stored.clear().limit((int) Math.min(stored.capacity(), entry.end() - position));
            try {
                readFully(channel, stored, dataStart + position);
            } catch (IOException e) {
                throw WeightsException.of(path, "tensor \"" + name + "\" cannot be read", e);
            }
            position += stored.flip().remaining();
            Widening.put(stored, entry.type(), values.clear());
            sink.put(values.flip());
        }
    }

    private TensorEntry entry(String name) {
        TensorEntry entry = header.tensors().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor \"" + name + "\" in " + path);
        }
        return entry;
    }

    private TensorEntry floatEntry(String name) {
        TensorEntry entry = entry(name);
        if (!entry.type().isFloat()) {
            throw new WeightsException(
                    path,
                    String.format(
                            "tensor \"%s\" is %s, weights may be %s",
                            name, entry.type(), ElementType.readable()));
        }
        return entry;
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("a file opened for reading does not close", e);
            }
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer target, long position)
            throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            at += read;
        }
    }
}
