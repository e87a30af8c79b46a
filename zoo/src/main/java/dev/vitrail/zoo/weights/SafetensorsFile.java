package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.JsonProblem;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

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

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Bytes read at a time where a tensor is streamed; a multiple of every element's size. */
    private static final int CHUNK = 1 << 20;

    private final SourceFile file;
    private final long dataStart;
    private final SafetensorsHeader header;
    private final Map<String, Shape> shapes;

    /** Outside the heap, where the system reads to; kept because it is freed late. */
    private final AtomicReference<ByteBuffer> spare = new AtomicReference<>();

    private SafetensorsFile(SourceFile file, long dataStart, SafetensorsHeader header) {
        this.file = file;
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
        SourceFile file = SourceFile.open(path, "a safetensors file");
        try {
            SafetensorsFile opened = read(file);
            file = null; // now its own
            return opened;
        } catch (IOException e) {
            throw WeightsException.of(path, "cannot be read", e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    private static SafetensorsFile read(SourceFile file) throws IOException {
        if (!looksRight(file)) {
            ForeignFormat.refuse(file, "a safetensors file");
        }
        long size = file.size();
        if (size < Long.BYTES) {
            throw new WeightsException(
                    file.path(), "has " + size + " bytes, a safetensors file has at least 8");
        }
        long headerBytes = file.bytes(0, Long.BYTES).getLong();
        if (!isPossible(headerBytes, size)) {
            throw new WeightsException(
                    file.path(),
                    String.format(
                            "announces a header of %s bytes, must be at most %d and fit in the"
                                    + " file's %d",
                            Long.toUnsignedString(headerBytes), MAXIMUM_HEADER, size));
        }
        checkEdges(file, headerBytes);
        // A decoder of our own: an InputStreamReader on a charset replaces what is malformed.
        JsonProblem.Text text =
                () ->
                        new InputStreamReader(
                                file.stream(Long.BYTES, headerBytes),
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        long dataStart = Long.BYTES + headerBytes;
        SafetensorsHeader header = SafetensorsHeader.read(file.path(), text, size - dataStart);
        return new SafetensorsFile(file, dataStart, header);
    }

    /** Whether a file begins like this format: a length that can be, and a brace. */
    static boolean looksRight(SourceFile file) {
        ByteBuffer head = file.head(64);
        if (head.remaining() <= Long.BYTES || !isPossible(head.getLong(), file.size())) {
            return false;
        }
        while (head.hasRemaining()) {
            byte next = head.get();
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next == '{';
            }
        }
        return true;
    }

    private static boolean isPossible(long headerBytes, long fileSize) {
        return headerBytes >= 0 && headerBytes <= Math.min(MAXIMUM_HEADER, fileSize - Long.BYTES);
    }

    /** What a lenient JSON parser might pass over, named for what it is. */
    private static void checkEdges(SourceFile file, long headerBytes) {
        ByteBuffer start = file.bytes(Long.BYTES, (int) Math.min(3, headerBytes));
        if (start.equals(ByteBuffer.wrap(BYTE_ORDER_MARK))) {
            throw new WeightsException(file.path(), "the header begins with a byte-order mark");
        }
        if (headerBytes > 0 && file.bytes(Long.BYTES + headerBytes - 1, 1).get() == 0) {
            throw new WeightsException(
                    file.path(), "the header is padded with NUL bytes, must be padded with spaces");
        }
    }

    @Override
    public Path origin() {
        return file.path();
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

    /** 32-bit floats are looked at where they are in the file, if they are aligned there. */
    @Override
    public ByteBuffer floats(String name) {
        TensorEntry entry = floatEntry(name);
        long begin = dataStart + entry.begin();
        if (entry.type() == ElementType.F32
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                && begin % Float.BYTES == 0
                && entry.bytes() <= Integer.MAX_VALUE) {
            return file.map(begin, entry.bytes());
        }
        return Weights.super.floats(name);
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        TensorEntry entry = floatEntry(name);
        int most = (int) Math.min(CHUNK, entry.bytes());
        ByteBuffer stored = spare.getAndSet(null);
        if (stored == null || stored.capacity() < most) {
            stored = ByteBuffer.allocateDirect(most).order(ByteOrder.LITTLE_ENDIAN);
        }
        int widest = entry.type() == ElementType.F32 ? 0 : most;
        FloatBuffer widened = FloatBuffer.allocate(widest / (entry.type().bits() / Byte.SIZE));
        long position = entry.begin();
        while (position < entry.end()) {
            stored.clear().limit((int) Math.min(most, entry.end() - position));
            file.read(stored, dataStart + position);
            position += stored.flip().remaining();
            if (entry.type() == ElementType.F32) {
                sink.put(stored.asFloatBuffer());
            } else {
                Widening.put(stored, entry.type(), widened.clear());
                sink.put(widened.flip());
            }
        }
        spare.set(stored);
    }

    private TensorEntry entry(String name) {
        TensorEntry entry = header.tensors().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor \"" + name + "\" in " + file.path());
        }
        return entry;
    }

    private TensorEntry floatEntry(String name) {
        TensorEntry entry = entry(name);
        if (!entry.type().isFloat()) {
            throw new WeightsException(
                    file.path(),
                    String.format(
                            "%s is %s, weights may be %s",
                            Quoted.tensor(name), entry.type(), ElementType.readable()));
        }
        return entry;
    }

    @Override
    public void close() {
        file.close();
    }
}
