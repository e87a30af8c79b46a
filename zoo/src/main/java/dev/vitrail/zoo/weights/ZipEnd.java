package dev.vitrail.zoo.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The end record of a zip archive, narrow or of zip64: where the directory is.
 *
 * @param directoryBegin first byte of the directory's entries
 * @param directoryEnd the byte after the last, where the record begins
 * @param entries of the directory
 */
record ZipEnd(long directoryBegin, long directoryEnd, long entries) {

    /** As many as a safetensors file may have tensors. */
    private static final int MAXIMUM_MEMBERS = SafetensorsHeader.MAXIMUM_TENSORS;

    private static final int SIGNATURE = 0x06054B50;
    private static final int BYTES = 22;
    private static final int MAXIMUM_COMMENT = 0xFFFF;
    private static final int WIDE_LOCATOR_SIGNATURE = 0x07064B50;
    private static final int WIDE_LOCATOR_BYTES = 20;
    private static final int WIDE_SIGNATURE = 0x06064B50;
    private static final int WIDE_BYTES = 56;

    /** Bytes of the wide record that its own length does not count. */
    private static final int WIDE_UNCOUNTED = 12;

    /**
     * Finds the record whose comment reaches to the end of the file.
     *
     * @throws WeightsException if there is none, or it is not sound
     */
    static ZipEnd find(SourceFile file) {
        int count = (int) Math.min(file.size(), BYTES + MAXIMUM_COMMENT);
        long start = file.size() - count;
        ByteBuffer tail = file.bytes(start, count);
        for (int at = count - BYTES; at >= 0; at--) {
            if (tail.getInt(at) == SIGNATURE
                    && at + BYTES + unsigned(tail.getShort(at + 20)) == count) {
                ByteBuffer end = tail.slice(at, BYTES).order(ByteOrder.LITTLE_ENDIAN);
                return read(file, end, start + at);
            }
        }
        throw new WeightsException(
                file.path(), "the zip archive has no directory at its end: it is cut short");
    }

    private static ZipEnd read(SourceFile file, ByteBuffer end, long at) {
        long locatorAt = at - WIDE_LOCATOR_BYTES;
        if (locatorAt >= 0) {
            ByteBuffer locator = file.bytes(locatorAt, WIDE_LOCATOR_BYTES);
            if (locator.getInt(0) == WIDE_LOCATOR_SIGNATURE) {
                return readWide(file, locator, locatorAt);
            }
        }
        requireOneDisk(file, end.getShort(4) == 0 && end.getShort(6) == 0);
        requireOneDisk(file, end.getShort(8) == end.getShort(10));
        return checked(
                file,
                end.getInt(16) & 0xFFFFFFFFL,
                end.getInt(12) & 0xFFFFFFFFL,
                unsigned(end.getShort(10)),
                at);
    }

    private static ZipEnd readWide(SourceFile file, ByteBuffer locator, long locatorAt) {
        int disks = locator.getInt(16);
        requireOneDisk(file, locator.getInt(4) == 0 && (disks == 0 || disks == 1));
        long at = locator.getLong(8);
        if (at < 0 || at > locatorAt - WIDE_BYTES) {
            throw new WeightsException(
                    file.path(),
                    "the zip archive's end record is said to be at byte "
                            + Long.toUnsignedString(at));
        }
        ByteBuffer end = file.bytes(at, WIDE_BYTES);
        if (end.getInt(0) != WIDE_SIGNATURE || end.getLong(4) != locatorAt - at - WIDE_UNCOUNTED) {
            throw new WeightsException(
                    file.path(), "the zip archive has no sound end record at byte " + at);
        }
        requireOneDisk(file, end.getInt(16) == 0 && end.getInt(20) == 0);
        requireOneDisk(file, end.getLong(24) == end.getLong(32));
        return checked(file, end.getLong(48), end.getLong(40), end.getLong(32), at);
    }

    /** The directory must reach to the record: bytes in front or between would move everything. */
    private static ZipEnd checked(SourceFile file, long begin, long bytes, long entries, long end) {
        if (begin < 0 || bytes < 0 || begin > end || bytes != end - begin) {
            throw new WeightsException(
                    file.path(),
                    String.format(
                            "the zip archive's directory is said to have %s bytes from byte %s, but"
                                    + " must end at byte %d",
                            Long.toUnsignedString(bytes), Long.toUnsignedString(begin), end));
        }
        if (entries < 0 || entries > MAXIMUM_MEMBERS) {
            throw new WeightsException(
                    file.path(),
                    String.format(
                            "the zip archive has %s members, at most %d are read",
                            Long.toUnsignedString(entries), MAXIMUM_MEMBERS));
        }
        return new ZipEnd(begin, end, entries);
    }

    private static void requireOneDisk(SourceFile file, boolean holds) {
        if (!holds) {
            throw new WeightsException(
                    file.path(),
                    "the zip archive is a part of one that is split over several files");
        }
    }

    private static int unsigned(short value) {
        return value & 0xFFFF;
    }
}
