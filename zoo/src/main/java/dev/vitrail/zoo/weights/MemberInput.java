package dev.vitrail.zoo.weights;

import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The bytes of a zip member, held to what its header says of them. */
final class MemberInput extends InputStream {

    private static final int CHUNK = 1 << 16;

    private final ZipMember member;
    private final SourceFile file;
    private final SourceFile.Part stored;
    private final Inflater inflater; // null where the member is stored as it is
    private final byte[] chunk;
    private final CRC32 crc = new CRC32();
    private long left;
    private boolean checked;

    MemberInput(ZipMember member, SourceFile file) {
        this.member = member;
        this.file = file;
        this.stored = file.stream(member.begin(), member.stored());
        this.inflater = member.deflated() ? new Inflater(true) : null;
        this.chunk = new byte[inflater == null ? 0 : (int) Math.min(CHUNK, member.stored())];
        this.left = member.size();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            checkEnd();
            return -1;
        }
        int most = (int) Math.min(length, left);
        int read =
                inflater == null
                        ? stored.read(target, offset, most)
                        : inflate(target, offset, most);
        if (read <= 0) {
            throw broken(
                    String.format(
                            "ends after %d bytes, must have %d",
                            member.size() - left, member.size()));
        }
        crc.update(target, offset, read);
        left -= read;
        return read;
    }

    /** At least one byte, or -1 at the end of what is stored. */
    private int inflate(byte[] target, int offset, int length) {
        try {
            while (true) {
                int read = inflater.inflate(target, offset, length);
                if (read > 0) {
                    return read;
                }
                if (inflater.finished() || inflater.needsDictionary() || !feed()) {
                    return -1;
                }
            }
        } catch (DataFormatException e) {
            throw broken("cannot be inflated (" + e.getMessage() + ")");
        }
    }

    private boolean feed() {
        if (!inflater.needsInput()) {
            return true;
        }
        int read = stored.read(chunk, 0, chunk.length);
        if (read <= 0) {
            return false;
        }
        inflater.setInput(chunk, 0, read);
        return true;
    }

    private void checkEnd() {
        if (checked) {
            return;
        }
        if (inflater != null) {
            boolean more = inflate(new byte[1], 0, 1) > 0;
            if (more) {
                throw broken("goes on after its " + member.size() + " bytes");
            }
            if (!inflater.finished() || inflater.getRemaining() > 0 || stored.read() >= 0) {
                throw broken("does not end where its " + member.stored() + " bytes end");
            }
        }
        if ((int) crc.getValue() != member.crc()) {
            throw broken(
                    String.format(
                            "has checksum %08x, must have %08x",
                            (int) crc.getValue(), member.crc()));
        }
        checked = true;
    }

    private WeightsException broken(String problem) {
        return new WeightsException(file.path(), Quoted.member(member.name()) + " " + problem);
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
        }
    }
}
