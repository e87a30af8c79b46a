package dev.vitrail.converter.graph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.function.Consumer;

/** Bytes held here; equal by content. */
final class InlineData implements TensorData {
    private final byte[] bytes;

    /** Takes the array as its own. */
    InlineData(byte[] bytes) {
        this.bytes = bytes;
    }

    static InlineData of(int byteSize, Consumer<ByteBuffer> fill) {
        byte[] bytes = new byte[byteSize];
        fill.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return new InlineData(bytes);
    }

    static InlineData collect(TensorData data) {
        if (data.byteSize() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException(
                    "a tensor of " + data.byteSize() + " bytes does not fit one buffer");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) data.byteSize());
        try (WritableByteChannel channel = Channels.newChannel(out)) {
            data.writeTo(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new InlineData(out.toByteArray());
    }

    @Override
    public long byteSize() {
        return bytes.length;
    }

    @Override
    public boolean isInline() {
        return true;
    }

    @Override
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        ByteBuffer buffer = bytes();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InlineData data && Arrays.equals(bytes, data.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes inline";
    }
}
