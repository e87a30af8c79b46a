package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * An npz file: a zip archive of {@code .npy} arrays, as NumPy writes, and JAX with it.
 *
 * <p>Opening reads the archive's directory and every array's header, and compares what they say
 * with each other and with the file. Values are read when they are asked for, inflated where
 * needed, and held to their size and checksum. A tensor's name is its member's without {@code
 * .npy}; it is never a file name, whatever it looks like.
 */
public final class NpzFile implements Weights {

    private static final String SUFFIX = ".npy";

    /** Trained values shrink by a few percent, constants by a factor of up to 1,032. */
    private static final int MAXIMUM_RATIO = 100;

    /** Up to this size a tensor may be constant: a fresh head of many classes is. */
    private static final long ALWAYS_READ = 64L << 20;

    private final SourceFile file;
    private final Map<String, Entry> entries;
    private final Map<String, Shape> shapes;
    private final Set<String> checked = ConcurrentHashMap.newKeySet();

    private record Entry(ZipMember member, NpyHeader header) {}

    private NpzFile(SourceFile file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
        Map<String, Shape> shapeByName = new LinkedHashMap<>();
        entries.forEach((name, entry) -> shapeByName.put(name, entry.header().shape()));
        shapes = Collections.unmodifiableMap(shapeByName);
    }

    /**
     * Opens a file and checks its directory and all headers.
     *
     * @param path of the file
     * @return the file, to be closed
     * @throws WeightsException if it cannot be read or is not a sound npz file
     */
    public static NpzFile open(Path path) {
        SourceFile file = SourceFile.open(path, "an npz file");
        try {
            NpzFile opened = new NpzFile(file, read(file));
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

    private static Map<String, Entry> read(SourceFile file) throws IOException {
        FileSample sample = FileSample.of(file);
        Optional<ForeignFormat> foreign = ForeignFormat.recognise(file, sample);
        if (foreign.isPresent()) {
            throw foreign.get().refused(file.path());
        }
        if (!ForeignFormat.isZip(sample)) {
            throw new WeightsException(
                    file.path(),
                    "does not begin like a zip archive of arrays, which an npz file is");
        }
        Map<String, ZipMember> members = ZipDirectory.read(file);
        if (members.isEmpty()) {
            throw new WeightsException(file.path(), "is an empty zip archive, must hold arrays");
        }
        requireOnlyArrays(file.path(), members);
        requireNoBomb(file.path(), members);
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (ZipMember member : members.values()) {
            String name = member.name().substring(0, member.name().length() - SUFFIX.length());
            entries.put(name, new Entry(member, header(file, name, member)));
        }
        return entries;
    }

    private static void requireOnlyArrays(Path path, Map<String, ZipMember> members) {
        for (String name : members.keySet()) {
            if (!name.endsWith(SUFFIX)) {
                throw new WeightsException(
                        path,
                        Quoted.member(name)
                                + " is no array: an npz file holds members ending in .npy only");
            }
        }
    }

    private static void requireNoBomb(Path path, Map<String, ZipMember> members) {
        long allBytes = 0;
        long allStored = 0;
        for (ZipMember member : members.values()) {
            if (isBomb(member.size(), member.stored())) {
                throw new WeightsException(
                        path,
                        String.format(
                                "%s has %d bytes made from %d; above %d bytes, at most %d times"
                                        + " what is stored are read",
                                Quoted.member(member.name()),
                                member.size(),
                                member.stored(),
                                ALWAYS_READ,
                                MAXIMUM_RATIO));
            }
            // Each is below 2^63 / 100 or as long as its part of the file.
            allBytes += Math.min(member.size(), Long.MAX_VALUE / MAXIMUM_RATIO / 2);
            allStored += member.stored();
            if (isBomb(allBytes, allStored) && allBytes > 1L << 30) {
                throw new WeightsException(
                        path,
                        String.format(
                                "the zip archive's members have %d bytes made from %d, at most %d"
                                        + " times what is stored are read",
                                allBytes, allStored, MAXIMUM_RATIO));
            }
        }
    }

    private static boolean isBomb(long size, long stored) {
        return size > ALWAYS_READ && size / MAXIMUM_RATIO > stored;
    }

    private static NpyHeader header(SourceFile file, String name, ZipMember member) {
        Function<String, WeightsException> refusal = refusal(file.path(), name);
        NpyHeader header;
        try (MemberInput input = member.open(file)) {
            header = NpyHeader.read(input, refusal);
        } catch (IOException e) {
            throw WeightsException.of(file.path(), "cannot be read", e);
        }
        if (header.dataBytes() != member.size() - header.bytes()) {
            throw refusal.apply(
                    String.format(
                            "is %s of %s, which takes %d bytes, but has %d",
                            header.type(),
                            header.shape(),
                            header.dataBytes(),
                            member.size() - header.bytes()));
        }
        return header;
    }

    private static Function<String, WeightsException> refusal(Path path, String name) {
        return problem -> new WeightsException(path, Quoted.tensor(name) + " " + problem);
    }

    @Override
    public Path origin() {
        return file.path();
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public ElementType type(String name) {
        return entry(name).header().type();
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        Entry entry = entry(name);
        if (!entry.header().type().isFloat()) {
            throw refusal(file.path(), name)
                    .apply(
                            String.format(
                                    "is %s, weights may be %s",
                                    entry.header().type(), ElementType.readable()));
        }
        Function<String, WeightsException> refusal = refusal(file.path(), name);
        try (MemberInput input = entry.member().open(file)) {
            input.skipNBytes(entry.header().bytes());
            new NpyValues(entry.header(), input, refusal).copyTo(sink);
            input.read(); // past the end, where the checksum is compared
        }
    }

    /** The whole of a tensor is read once, for its checksum; then a slice is where it is. */
    @Override
    public void copyFiniteTo(String name, long begin, long end, FloatSink sink) throws IOException {
        Entry entry = entry(name);
        NpyHeader header = entry.header();
        if (entry.member().deflated() || header.fortranOrder()) {
            Weights.super.copyFiniteTo(name, begin, end, sink);
            return;
        }
        if (!checked.contains(name)) {
            copyFiniteTo(name, values -> {});
            checked.add(name);
        }
        long size = header.type().bits() / Byte.SIZE;
        long first = entry.member().begin() + header.bytes() + begin * size;
        try (InputStream input = file.stream(first, (end - begin) * size)) {
            new NpyValues(header, input, refusal(file.path(), name))
                    .copyTo(sink, (end - begin) * size);
        }
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no tensor \"" + name + "\" in " + file.path());
        }
        return entry;
    }

    @Override
    public void close() {
        file.close();
    }
}
