package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files end in tensors or in our own exception, which names the file; never in another
 * exception or an error, and never with more memory than a small file can need.
 *
 * <p>The builds' count is fixed; {@code -Pslow -Dvitrail.mutants=5000000} takes the hours that five
 * million of each format need.
 */
class MutatedWeightsTest {

    private static final int MUTANTS = 20_000;
    private static final int MORE_MUTANTS = Integer.getInteger("vitrail.mutants", 200_000);

    /** Buffers of a reader, of the JSON parser and of an exception; the files have a kilobyte. */
    private static final long MEMORY = 4L << 20;

    private static final String[] JSON_WORDS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "null",
        "true",
        "-1",
        "0",
        "1e9",
        "1.0",
        "\\u0000",
        "\\ud800",
        "18446744073709551616",
        "9223372036854775807",
        "\"dtype\"",
        "\"shape\"",
        "\"data_offsets\"",
        "\"__metadata__\"",
        "\"weight_map\"",
        "F64",
        "F16",
        "BF16",
        "I64",
        "F4",
        "[0,4]",
        "../",
        "\u0000",
        "\u00ff",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
    };
    private static final String[] NPY_WORDS = {
        "{",
        "}",
        "(",
        ")",
        ",",
        ":",
        "'",
        "''",
        "True",
        "False",
        "None",
        "'descr'",
        "'shape'",
        "'fortran_order'",
        "<f4",
        ">f8",
        "<f2",
        "|V2",
        "|O",
        "<i8",
        "(2,)",
        "(3, 4)",
        "(0,)",
        "-1",
        "L",
        "9223372036854775807",
        "1099511627776",
        "\u0093NUMPY\u0001\u0000",
        "\u0000",
        "\u00ff",
        "*"
    };
    private static final String[] ZIP_WORDS = {
        "PK\u0001\u0002",
        "PK\u0003\u0004",
        "PK\u0005\u0006",
        "PK\u0006\u0006",
        "PK\u0006\u0007",
        ".npy",
        "../",
        "\u0001\u0000\u0010\u0000",
        "\u00ff\u00ff\u00ff\u00ff",
        "\u0000\u0000",
        "\b\u0000",
        "\u0008\u0008",
        "data.pkl"
    };

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int opened;
    private int refused;

    /** Classes are loaded and caches filled before memory is counted. */
    @BeforeEach
    void warmUp() throws IOException {
        for (byte[] sound : List.of(safetensors(), npz(npy()))) {
            values(Files.write(folder.resolve("sound"), sound));
            Path cut = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(sound, 100));
            assertThatThrownBy(() -> values(cut)).isInstanceOf(WeightsException.class);
        }
    }

    @Test
    void survivesDamagedSafetensors() throws IOException {
        damageSafetensors(MUTANTS);
    }

    @Test
    void survivesADamagedIndex() throws IOException {
        damageIndex(MUTANTS);
    }

    @Test
    void survivesDamagedArchives() throws IOException {
        damageNpz(MUTANTS);
    }

    @Test
    void survivesDamagedArrays() throws IOException {
        damageNpy(MUTANTS);
    }

    @Test
    @Tag("slow")
    void survivesManyMoreDamagedFiles() throws IOException {
        damageSafetensors(MORE_MUTANTS);
        damageIndex(MORE_MUTANTS);
        damageNpz(MORE_MUTANTS);
        damageNpy(MORE_MUTANTS);
    }

    private void damageSafetensors(int mutants) throws IOException {
        Random random = new Random(20);
        Mutation mutation = new Mutation(random, JSON_WORDS);
        byte[] sound = safetensors();
        int agreed = 0;
        for (int i = 0; i < mutants; i++) {
            byte[] mutant = mutation.of(sound);
            if (i % 2 == 0) {
                fitLength(mutant, random);
            }
            Map<String, float[]> values = meet("mutant.safetensors", mutant);
            if (values != null && mutant.length > 8 && mutant[0] != 'P') {
                assertAgrees(mutant, values);
                agreed++;
            }
        }
        assertBothHappened(mutants);
        assertThat(agreed).isGreaterThan(mutants / 100);
    }

    private void damageIndex(int mutants) throws IOException {
        Mutation mutation = new Mutation(new Random(21), JSON_WORDS);
        Files.write(folder.resolve("one"), Samples.scalars("a", "b"));
        Files.write(folder.resolve("two"), Samples.scalars("c"));
        byte[] sound =
                "{\"metadata\":{\"total_size\":12},\"weight_map\":{\"a\":\"one\",\"b\":\"one\",\"c\":\"two\"}}"
                        .getBytes();
        for (int i = 0; i < mutants; i++) {
            meet("model.safetensors.index.json", mutation.of(sound));
        }
        assertBothHappened(mutants);
    }

    /** Half of them as bytes, half as arrays in a sound archive, behind its checksums. */
    private void damageNpz(int mutants) throws IOException {
        Random random = new Random(22);
        Mutation zip = new Mutation(random, ZIP_WORDS);
        Mutation npy = new Mutation(random, NPY_WORDS);
        byte[] sound = npz(npy());
        for (int i = 0; i < mutants; i++) {
            meet("mutant.npz", i % 2 == 0 ? zip.of(sound) : npz(npy.of(npy())));
        }
        assertBothHappened(mutants);
    }

    private void damageNpy(int mutants) throws IOException {
        Mutation mutation = new Mutation(new Random(23), NPY_WORDS);
        byte[] sound = npy();
        Path path = folder.resolve("mutant.npy");
        for (int i = 0; i < mutants; i++) {
            byte[] mutant = mutation.of(sound);
            overwrite(path, mutant);
            guard(path, mutant, file -> Map.of("", NpyArray.read(file).values()));
        }
        assertBothHappened(mutants);
    }

    /** What is in a file, or null if it was refused. */
    private Map<String, float[]> meet(String name, byte[] mutant) throws IOException {
        Path path = folder.resolve(name);
        overwrite(path, mutant);
        return guard(path, mutant, MutatedWeightsTest::values);
    }

    /** Without emptying it first, after which some file systems wait for the disk. */
    private static void overwrite(Path path, byte[] content) throws IOException {
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Samples.writeFully(file, ByteBuffer.wrap(content));
            file.truncate(content.length);
        }
    }

    private Map<String, float[]> guard(
            Path path, byte[] mutant, Function<Path, Map<String, float[]>> reader) {
        long before = threads.getCurrentThreadAllocatedBytes();
        Map<String, float[]> values = null;
        try {
            values = reader.apply(path);
            opened++;
        } catch (WeightsException e) {
            if (!e.getMessage().contains(folder.toString())) {
                throw new AssertionError(described(path, mutant), e);
            }
            refused++;
        } catch (Throwable e) {
            throw new AssertionError(described(path, mutant), e);
        }
        if (threads.getCurrentThreadAllocatedBytes() - before > MEMORY) {
            throw new AssertionError("too much memory for " + described(path, mutant));
        }
        return values;
    }

    private static String described(Path path, byte[] mutant) {
        return path.getFileName() + " of " + HexFormat.of().formatHex(mutant);
    }

    private static Map<String, float[]> values(Path path) {
        Map<String, float[]> values = new TreeMap<>();
        try (Weights weights = WeightsFile.open(path)) {
            weights.shapes()
                    .forEach(
                            (name, shape) -> {
                                if (weights.type(name).isFloat()) {
                                    float[] array = new float[Math.toIntExact(shape.size())];
                                    FloatBuffer target = FloatBuffer.wrap(array);
                                    copy(weights, name, target);
                                    if (target.hasRemaining()) {
                                        throw new AssertionError(name + " is short");
                                    }
                                    values.put(name, array);
                                }
                            });
        }
        return values;
    }

    private static void copy(Weights weights, String name, FloatBuffer target) {
        try {
            weights.copyTo(name, target::put);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both must happen, or the mutations are too mild or too rough to say anything. */
    private void assertBothHappened(int mutants) {
        assertThat(opened).isGreaterThan(mutants / 100);
        assertThat(refused).isGreaterThan(mutants / 4);
        assertThat(opened + refused).isEqualTo(mutants);
        opened = 0;
        refused = 0;
    }

    /** Makes a header that grew or shrank reach the data again, so that what follows is met. */
    private static void fitLength(byte[] mutant, Random random) {
        if (mutant.length >= 8) {
            int data = random.nextInt(10) == 0 ? random.nextInt(40) : DATA.length;
            ByteBuffer.wrap(mutant)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(Math.max(0, mutant.length - 8 - data));
        }
    }

    /**
     * The values once more, read from the format's text: eight bytes of length, a JSON header, each
     * tensor's bytes between its offsets, little-endian.
     */
    private static void assertAgrees(byte[] file, Map<String, float[]> values) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Math.toIntExact(bytes.getLong(0));
        JsonNode header = JSON.readTree(Arrays.copyOfRange(file, 8, 8 + headerLength));
        int tensors = 0;
        for (Iterator<Map.Entry<String, JsonNode>> all = header.properties().iterator();
                all.hasNext(); ) {
            Map.Entry<String, JsonNode> tensor = all.next();
            String type = tensor.getValue().path("dtype").asText();
            if (tensor.getKey().equals("__metadata__") || !type.matches("F64|F32|F16|BF16")) {
                continue;
            }
            tensors++;
            int size = type.matches("F64") ? 8 : type.equals("F32") ? 4 : 2;
            int begin = tensor.getValue().get("data_offsets").get(0).intValue();
            int end = tensor.getValue().get("data_offsets").get(1).intValue();
            int count = 1;
            for (JsonNode axis : tensor.getValue().get("shape")) {
                count = Math.multiplyExact(count, axis.intValue());
            }
            float[] expected = new float[count];
            for (int i = 0; i < count; i++) {
                int at = 8 + headerLength + begin + i * size;
                expected[i] =
                        switch (type) {
                            case "F64" -> (float) bytes.getDouble(at);
                            case "F32" -> bytes.getFloat(at);
                            case "BF16" -> Float.intBitsToFloat(bytes.getShort(at) << 16);
                            default -> binary16(bytes.getShort(at) & 0xFFFF);
                        };
            }
            if (end - begin != count * size
                    || !Arrays.equals(expected, values.get(tensor.getKey()))) {
                throw new AssertionError(described(Path.of(tensor.getKey()), file));
            }
        }
        assertThat(values).hasSize(tensors);
    }

    /** IEEE 754-2019 §3.4: (−1)^s · 2^(e−15) · (1 + f/2^10), without the one below e = 1. */
    private static float binary16(int bits) {
        int exponent = bits >> 10 & 31;
        double fraction = (bits & 1023) / 1024.0;
        double magnitude =
                exponent == 31
                        ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                        : exponent == 0
                                ? Math.scalb(fraction, -14)
                                : Math.scalb(1 + fraction, exponent - 15);
        return (float) ((bits & 0x8000) == 0 ? magnitude : -magnitude);
    }

    private static final byte[] DATA = data();

    private static byte[] data() {
        byte[] data = new byte[8 + 8 + 4 + 2 + 4];
        new Random(3).nextBytes(data);
        return data;
    }

    private static byte[] safetensors() {
        return Samples.safetensors(
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"w\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[16,20]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[20,22]},"
                        + "\"i\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[22,26]}}",
                DATA);
    }

    private static byte[] npy() {
        return Samples.npy("<f4", true, "(2, 3)", Samples.floats(1, 2, 3, 4, 5, 6));
    }

    private static byte[] npz(byte[] array) {
        return new ZipSample()
                .store("a.npy", array)
                .add("b.npy", array, true, member -> member.wide = true)
                .store("c/d.npy", Samples.npy("|V2", false, "(2,)", new byte[4]))
                .bytes();
    }
}
