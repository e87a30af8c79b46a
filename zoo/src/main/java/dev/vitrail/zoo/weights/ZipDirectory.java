package dev.vitrail.zoo.weights;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The members of a zip archive (PKWARE's APPNOTE 6.3.10): the central directory at its end, each
 * entry compared with the header in front of its data. What two readers could understand in two
 * ways is refused: a name twice, members on the same bytes, headers that differ, a directory that
 * does not reach to its end record.
 */
final class ZipDirectory {

    private static final int MAXIMUM_NAME = 10_000;
    private static final int ENTRY_SIGNATURE = 0x02014B50;
    private static final int ENTRY_BYTES = 46;
    private static final int LOCAL_SIGNATURE = 0x04034B50;
    private static final int LOCAL_BYTES = 30;
    private static final int ZIP64_FIELD = 1;
    private static final long IN_ZIP64_FIELD = 0xFFFFFFFFL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    /** Encryption, strong encryption, a masked directory. */
    private static final int ENCRYPTED_FLAGS = 1 | 1 << 6 | 1 << 13;

    /** Sizes and checksum follow the data, and the local header need not have them. */
    private static final int DESCRIPTOR_FLAG = 1 << 3;

    private final SourceFile file;
    private final Map<String, ZipMember> members = new LinkedHashMap<>();
    private final List<Extent> extents = new ArrayList<>();

    private ZipDirectory(SourceFile file) {
        this.file = file;
    }

    /** Bytes that belong to a member, header and data. */
    private record Extent(String name, long begin, long end) {}

    /**
     * Reads and checks the directory.
     *
     * @return the members by name, in the directory's order
     * @throws WeightsException if the archive is not sound, or uses what is not read here
     */
    static Map<String, ZipMember> read(SourceFile file) {
        ZipDirectory directory = new ZipDirectory(file);
        ZipEnd end = ZipEnd.find(file);
        directory.readEntries(end);
        directory.checkExtents();
        return directory.members;
    }

    private void readEntries(ZipEnd end) {
        long left = end.directoryEnd() - end.directoryBegin();
        try (InputStream input = new BufferedInputStream(file.stream(end.directoryBegin(), left))) {
            for (long i = 0; i < end.entries(); i++) {
                ByteBuffer entry = next(input, ENTRY_BYTES);
                if (entry.getInt(0) != ENTRY_SIGNATURE) {
                    throw refused("entry " + i + " of the zip archive's directory is none");
                }
                byte[] name = next(input, nameLength(entry, 28)).array();
                ByteBuffer extra = next(input, unsigned(entry.getShort(30)));
                next(input, unsigned(entry.getShort(32)));
                readEntry(entry, name, extra, end.directoryBegin());
            }
            if (input.read() >= 0) {
                throw refused(
                        "the zip archive's directory goes on after its "
                                + end.entries()
                                + " entries");
            }
        } catch (EOFException e) {
            throw new WeightsException(
                    file.path(), "the zip archive's directory ends within an entry", e);
        } catch (IOException e) {
            throw WeightsException.of(file.path(), "cannot be read", e);
        }
    }

    private void readEntry(ByteBuffer entry, byte[] nameBytes, ByteBuffer extra, long dataEnd) {
        String name = decoded(nameBytes);
        if (name.endsWith("/") && entry.getInt(24) == 0) {
            return; // a folder, which archivers add
        }
        int flags = unsigned(entry.getShort(8));
        int method = unsigned(entry.getShort(10));
        if ((flags & ENCRYPTED_FLAGS) != 0) {
            throw refused(Quoted.member(name) + " is encrypted");
        }
        if (method != STORED && method != DEFLATED) {
            throw refused(
                    String.format(
                            "%s is compressed by method %d, must be stored (0) or deflated (8)",
                            Quoted.member(name), method));
        }
        // Of the four that the field may hold, those are there whose place in the entry is full.
        ByteBuffer wide = zip64(extra, name);
        long size = wide(entry.getInt(24), wide, name);
        long stored = wide(entry.getInt(20), wide, name);
        long localAt = wide(entry.getInt(42), wide, name);
        int crc = entry.getInt(16);
        if (method == STORED && stored != size) {
            throw refused(
                    String.format(
                            "%s is stored in %d bytes, but has %d",
                            Quoted.member(name), stored, size));
        }
        if (localAt > dataEnd - LOCAL_BYTES) {
            throw refused(Quoted.member(name) + " is said to begin at byte " + localAt);
        }
        long begin = checkLocal(localAt, entry, nameBytes, name, size, stored);
        if (stored > dataEnd - begin) {
            throw refused(
                    String.format(
                            "%s is said to have %d bytes from byte %d, but the directory begins at"
                                    + " byte %d",
                            Quoted.member(name), stored, begin, dataEnd));
        }
        ZipMember read = new ZipMember(name, method == DEFLATED, crc, begin, stored, size);
        if (members.put(name, read) != null) {
            throw refused(Quoted.member(name) + " is there twice");
        }
        extents.add(new Extent(name, localAt, begin + stored));
    }

    /** Where the data begins, if the header in front of it says what the directory says. */
    private long checkLocal(
            long at, ByteBuffer entry, byte[] nameBytes, String name, long size, long stored) {
        ByteBuffer local = file.bytes(at, LOCAL_BYTES);
        if (local.getInt(0) != LOCAL_SIGNATURE) {
            throw refused(Quoted.member(name) + " has no header at byte " + at);
        }
        int nameLength = unsigned(local.getShort(26));
        int extraLength = unsigned(local.getShort(28));
        long begin = at + LOCAL_BYTES + nameLength + extraLength;
        if (begin > file.size()) {
            throw refused(Quoted.member(name) + " has a header that goes beyond the file");
        }
        ByteBuffer localName = file.bytes(at + LOCAL_BYTES, nameLength);
        if (!localName.equals(ByteBuffer.wrap(nameBytes))
                || unsigned(local.getShort(8)) != unsigned(entry.getShort(10))) {
            throw disagree(name);
        }
        int flags = unsigned(local.getShort(6));
        if ((flags & ENCRYPTED_FLAGS) != 0) {
            throw refused(Quoted.member(name) + " is encrypted");
        }
        if ((flags & DESCRIPTOR_FLAG) == 0) {
            ByteBuffer wide = zip64(file.bytes(begin - extraLength, extraLength), name);
            boolean same =
                    wide(local.getInt(22), wide, name) == size
                            && wide(local.getInt(18), wide, name) == stored
                            && local.getInt(14) == entry.getInt(16);
            if (!same) {
                throw disagree(name);
            }
        }
        return begin;
    }

    /** No byte belongs to two members, or a small file could stand for any number of them. */
    private void checkExtents() {
        extents.sort(Comparator.comparingLong(Extent::begin));
        Extent before = new Extent("", 0, 0);
        for (Extent extent : extents) {
            if (extent.begin() < before.end()) {
                throw refused(
                        Quoted.member(extent.name())
                                + " is on the same bytes as "
                                + Quoted.member(before.name()));
            }
            before = extent;
        }
    }

    /** The values of the zip64 field, empty where there is none. */
    private ByteBuffer zip64(ByteBuffer extra, String name) {
        while (extra.remaining() >= 4) {
            int kind = unsigned(extra.getShort());
            int length = unsigned(extra.getShort());
            if (length > extra.remaining()) {
                throw refused(Quoted.member(name) + " has an extra field that is cut");
            }
            ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            if (kind == ZIP64_FIELD) {
                return field;
            }
            extra.position(extra.position() + length);
        }
        return ByteBuffer.allocate(0);
    }

    private long wide(int narrow, ByteBuffer wide, String name) {
        long value = unsigned(narrow);
        if (value == IN_ZIP64_FIELD && wide.remaining() >= Long.BYTES) {
            value = wide.getLong();
        }
        if (value < 0) {
            throw refused(
                    Quoted.member(name)
                            + " has a size or place of "
                            + Long.toUnsignedString(value));
        }
        return value;
    }

    private ByteBuffer next(InputStream input, int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int nameLength(ByteBuffer entry, int at) {
        int length = unsigned(entry.getShort(at));
        if (length == 0 || length > MAXIMUM_NAME) {
            throw refused(
                    String.format(
                            "the zip archive has a name of %d bytes, must be 1 to %d",
                            length, MAXIMUM_NAME));
        }
        return length;
    }

    /** UTF-8, of which ASCII is a part: other code pages are not guessed at. */
    private String decoded(byte[] name) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
        } catch (CharacterCodingException e) {
            throw new WeightsException(
                    file.path(), "the zip archive has a member whose name is not UTF-8", e);
        }
    }

    private WeightsException disagree(String name) {
        return refused(
                Quoted.member(name)
                        + " has another header in front of its data than in the directory");
    }

    private WeightsException refused(String problem) {
        return new WeightsException(file.path(), problem);
    }

    private static int unsigned(short value) {
        return value & 0xFFFF;
    }

    private static long unsigned(int value) {
        return value & 0xFFFFFFFFL;
    }
}
