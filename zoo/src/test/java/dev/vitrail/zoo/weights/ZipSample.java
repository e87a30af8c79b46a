package dev.vitrail.zoo.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Zip archives whose headers can be made to say anything, after PKWARE's APPNOTE. */
final class ZipSample {

    /** What the headers say of a member; written as it stands. */
    static final class Member {
        byte[] name;
        byte[] localName;
        byte[] stored;
        int flags;
        int localFlags;
        int method;
        int localMethod;
        int crc;
        int localCrc;
        long storedSize;
        long localStoredSize;
        long size;
        long localSize;
        long localAt = -1; // -1: where it is
        boolean wide;
        byte[] extra = {};
        byte[] afterData = {};
    }

    private final List<Member> members = new ArrayList<>();
    boolean wideEnd;
    int entries = -1;
    String comment = "";

    ZipSample store(String name, byte[] content) {
        return add(name, content, false, member -> {});
    }

    ZipSample deflate(String name, byte[] content) {
        return add(name, content, true, member -> {});
    }

    /** A member, sound but for what is changed. */
    ZipSample add(String name, byte[] content, boolean deflated, Consumer<Member> change) {
        Member member = new Member();
        member.name = name.getBytes(StandardCharsets.UTF_8);
        member.localName = member.name;
        member.stored = deflated ? deflated(content) : content;
        member.method = deflated ? 8 : 0;
        member.localMethod = member.method;
        CRC32 crc = new CRC32();
        crc.update(content);
        member.crc = (int) crc.getValue();
        member.localCrc = member.crc;
        member.storedSize = member.stored.length;
        member.localStoredSize = member.storedSize;
        member.size = content.length;
        member.localSize = member.size;
        change.accept(member);
        members.add(member);
        return this;
    }

    static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content);
        deflater.finish();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        while (!deflater.finished()) {
            bytes.write(chunk, 0, deflater.deflate(chunk));
        }
        deflater.end();
        return bytes.toByteArray();
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        for (Member member : members) {
            long at = member.localAt < 0 ? out.size() : member.localAt;
            out.writeBytes(local(member));
            out.writeBytes(member.stored);
            out.writeBytes(member.afterData);
            directory.writeBytes(central(member, at));
        }
        int begin = out.size();
        out.writeBytes(directory.toByteArray());
        out.writeBytes(end(begin, directory.size()));
        return out.toByteArray();
    }

    private static byte[] local(Member member) {
        byte[] extra =
                member.wide ? wideField(member.localSize, member.localStoredSize) : member.extra;
        return buffer(30 + member.localName.length + extra.length)
                .putInt(0x04034B50)
                .putShort((short) (member.wide ? 45 : 20))
                .putShort((short) member.localFlags)
                .putShort((short) member.localMethod)
                .putInt(0)
                .putInt(member.localCrc)
                .putInt(member.wide ? -1 : (int) member.localStoredSize)
                .putInt(member.wide ? -1 : (int) member.localSize)
                .putShort((short) member.localName.length)
                .putShort((short) extra.length)
                .put(member.localName)
                .put(extra)
                .array();
    }

    private static byte[] central(Member member, long at) {
        byte[] extra = member.wide ? wideField(member.size, member.storedSize, at) : member.extra;
        return buffer(46 + member.name.length + extra.length)
                .putInt(0x02014B50)
                .putShort((short) 45)
                .putShort((short) (member.wide ? 45 : 20))
                .putShort((short) member.flags)
                .putShort((short) member.method)
                .putInt(0)
                .putInt(member.crc)
                .putInt(member.wide ? -1 : (int) member.storedSize)
                .putInt(member.wide ? -1 : (int) member.size)
                .putShort((short) member.name.length)
                .putShort((short) extra.length)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt(member.wide ? -1 : (int) at)
                .put(member.name)
                .put(extra)
                .array();
    }

    private static byte[] wideField(long... values) {
        ByteBuffer field =
                buffer(4 + 8 * values.length)
                        .putShort((short) 1)
                        .putShort((short) (8 * values.length));
        for (long value : values) {
            field.putLong(value);
        }
        return field.array();
    }

    /** The end record of an archive whose directory begins somewhere. */
    byte[] end(long begin, long length) {
        int count = entries < 0 ? members.size() : entries;
        byte[] text = comment.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer end = buffer((wideEnd ? 76 : 0) + 22 + text.length);
        if (wideEnd) {
            end.putInt(0x06064B50).putLong(44).putShort((short) 45).putShort((short) 45);
            end.putInt(0).putInt(0).putLong(count).putLong(count).putLong(length).putLong(begin);
            end.putInt(0x07064B50).putInt(0).putLong(begin + length).putInt(1);
        }
        end.putInt(0x06054B50).putShort((short) 0).putShort((short) 0);
        end.putShort((short) (wideEnd ? -1 : count)).putShort((short) (wideEnd ? -1 : count));
        end.putInt(wideEnd ? -1 : (int) length).putInt(wideEnd ? -1 : (int) begin);
        return end.putShort((short) text.length).put(text).array();
    }

    /** The directory alone, for an archive that is written piece by piece. */
    byte[] directory() {
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        members.forEach(member -> directory.writeBytes(central(member, member.localAt)));
        return directory.toByteArray();
    }

    byte[] localHeader(int member) {
        return local(members.get(member));
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
