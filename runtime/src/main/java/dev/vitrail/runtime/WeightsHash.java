package dev.vitrail.runtime;

import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.OnnxFile.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hash in {@code vitrail.weights_sha256}: SHA-256 over the bytes of all initializers of the
 * main graph, in file order, little-endian as ONNX stores them, in lower-case hexadecimal.
 *
 * <p>It does not depend on where the bytes lie, so moving weights into external data keeps it. ONNX
 * Runtime compares no checksum, and most damaged models run without complaint; this is the only
 * net.
 */
final class WeightsHash {
    private static final int CHUNK = 1 << 20;

    private WeightsHash() {}

    static String of(byte[] model, OnnxFile file) {
        MessageDigest digest = sha256();
        for (StoredTensor tensor : file.initializers()) {
            requireRaw("the model", tensor);
            digest.update(model, (int) tensor.offset(), (int) tensor.length());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String of(Path model, OnnxFile file) {
        MessageDigest digest = sha256();
        Map<Path, FileChannel> channels = new LinkedHashMap<>();
        try {
            try {
                for (StoredTensor tensor : file.initializers()) {
                    requireRaw(model.toString(), tensor);
                    Path source =
                            tensor.isExternal()
                                    ? ExternalData.resolve(model, tensor.location())
                                    : model;
                    FileChannel channel = channels.get(source);
                    if (channel == null) {
                        channel = FileChannel.open(source, StandardOpenOption.READ);
                        channels.put(source, channel);
                    }
                    long length =
                            tensor.length() == StoredTensor.TO_THE_END
                                    ? channel.size() - tensor.offset()
                                    : tensor.length();
                    update(digest, channel, tensor.offset(), length);
                }
            } finally {
                for (FileChannel channel : channels.values()) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw new RuntimeFailure(
                    model + ": its weights cannot be read: " + SystemReason.of(e), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void requireRaw(String model, StoredTensor tensor) {
        if (tensor.length() == StoredTensor.NOT_RAW) {
            throw new RuntimeFailure(
                    model
                            + ": the weights cannot be checked, because initializer \""
                            + tensor.name()
                            + "\" is not stored as raw bytes");
        }
    }

    private static void update(MessageDigest digest, FileChannel channel, long offset, long length)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, Math.max(1, length)));
        long done = 0;
        while (done < length) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
            int read = channel.read(buffer, offset + done);
            if (read < 0) {
                throw new IOException("a file became shorter while it was read");
            }
            digest.update(buffer.flip());
            done += read;
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
