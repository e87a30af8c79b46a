package dev.vitrail.zoo.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Damages files as a fuzzer does: bits, bytes, numbers, words of the format, cuts and splices. */
final class Mutation {

    private static final long[] NUMBERS = {
        0,
        1,
        2,
        7,
        8,
        100,
        127,
        128,
        255,
        256,
        32_767,
        65_535,
        65_536,
        100_000_001,
        0x7FFFFFFFL,
        0x80000000L,
        0xFFFFFFFFL,
        0x100000000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -8
    };

    private final Random random;
    private final String[] words;

    /**
     * @param words of the format, to be put in anywhere
     */
    Mutation(Random random, String... words) {
        this.random = random;
        this.words = words;
    }

    byte[] of(byte[] sound) {
        byte[] mutant = sound.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            mutant = changed(mutant);
        }
        return mutant;
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(9)) {
            case 0 -> with(bytes, at, bytes[at] ^ 1 << random.nextInt(8));
            case 1 -> with(bytes, at, random.nextInt(256));
            case 2 -> with(bytes, at, "0123456789-.,:\"'{}[]()eEL\\ ".charAt(random.nextInt(26)));
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> number(bytes, at);
            case 5 -> replaced(bytes, at, 0, word());
            case 6 -> replaced(bytes, at, random.nextInt(16), word());
            case 7 -> replaced(bytes, at, random.nextInt(16), new byte[0]);
            default -> {
                int from = random.nextInt(bytes.length);
                int to = Math.min(bytes.length, from + random.nextInt(64));
                yield replaced(bytes, at, random.nextInt(64), Arrays.copyOfRange(bytes, from, to));
            }
        };
    }

    private byte[] word() {
        return words[random.nextInt(words.length)].getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        return bytes;
    }

    private byte[] number(byte[] bytes, int at) {
        ByteBuffer number =
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(NUMBERS[random.nextInt(NUMBERS.length)]);
        int count = Math.min(1 << random.nextInt(4), bytes.length - at);
        System.arraycopy(number.array(), 0, bytes, at, count);
        return bytes;
    }

    private static byte[] replaced(byte[] bytes, int at, int removed, byte[] put) {
        int rest = Math.min(bytes.length, at + removed);
        byte[] mutant = new byte[at + put.length + bytes.length - rest];
        System.arraycopy(bytes, 0, mutant, 0, at);
        System.arraycopy(put, 0, mutant, at, put.length);
        System.arraycopy(bytes, rest, mutant, at + put.length, bytes.length - rest);
        return mutant;
    }
}
