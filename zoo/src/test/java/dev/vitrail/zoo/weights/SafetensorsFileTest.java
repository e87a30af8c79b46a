package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFileTest {

    private static final String TWO =
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                    + "\"b\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[8,12]}}";

    @TempDir Path folder;

    @Test
    void readsShapesMetadataAndValues() throws IOException {
        byte[] data = floats(1.5f, -2, 3);
        String header = "{\"__metadata__\":{\"format\":\"pt\"}," + TWO.substring(1);
        try (SafetensorsFile file = SafetensorsFile.open(written(header, data))) {
            assertThat(file.metadata()).containsEntry("format", "pt");
            assertThat(file.shapes())
                    .containsEntry("a", new Shape(2))
                    .containsEntry("b", new Shape(1, 1))
                    .hasSize(2);
            assertThat(values(file, "a")).containsExactly(1.5f, -2);
            assertThat(values(file, "b")).containsExactly(3);
        }
    }

    @ParameterizedTest
    @MethodSource
    void acceptsWhatTheReferenceReaderAccepts(String what, String header, byte[] data)
            throws IOException {
        SafetensorsFile.open(written(header, data)).close();
    }

    static Stream<Arguments> acceptsWhatTheReferenceReaderAccepts() {
        return Stream.of(
                arguments("leading space", " \n" + TWO, new byte[12]),
                arguments("trailing space", TWO + "      ", new byte[12]),
                arguments("no tensor", "{}", new byte[0]),
                arguments("scalar", one("F32", "[]", "[0,4]"), new byte[4]),
                arguments("empty tensor", one("F32", "[0,7]", "[0,0]"), new byte[0]),
                arguments("a type that is no weight", one("I64", "[1]", "[0,8]"), new byte[8]),
                arguments("half bytes in pairs", one("F4", "[4]", "[0,2]"), new byte[2]),
                arguments(
                        "unknown field",
                        "{\"a\":{\"dtype\":\"U8\",\"x\":{\"y\":[1]},\"shape\":[1],\"data_offsets\":[0,1]}}",
                        new byte[1]));
    }

    @ParameterizedTest
    @MethodSource
    void refusesAHeaderThatIsNotSound(String message, String header, byte[] data)
            throws IOException {
        Path file = written(header, data);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    static Stream<Arguments> refusesAHeaderThatIsNotSound() {
        byte[] none = new byte[0];
        String a = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        return Stream.of(
                arguments("must be a JSON object", "", none),
                arguments("must be a JSON object", "[]", none),
                arguments("must be a JSON object", "null", none),
                arguments("cannot be read as JSON", "{'a':1}", none),
                arguments("cannot be read as JSON", "{\"a\":", none),
                arguments("cannot be read as JSON", "{\"a\":{\"dtype\":\"F32\"", none),
                arguments("padded with NUL", "{}\0\0\0", none),
                arguments("byte-order mark", "\uFEFF{}", none),
                arguments("goes on after", "{}{}", none),
                arguments("\"a\" is there twice", "{\"a\":" + a + ",\"a\":" + a + "}", floats(0)),
                arguments("\"b\" begins at byte 0", "{\"a\":" + a + ",\"b\":" + a + "}", floats(0)),
                arguments("begins at byte 4", one("F32", "[1]", "[4,8]"), new byte[8]),
                arguments("too long", one("F32", "[1]", "[0,4]"), new byte[5]),
                arguments("cut short", one("F32", "[1]", "[0,4]"), new byte[3]),
                arguments("first not above", one("F32", "[1]", "[4,0]"), new byte[4]),
                arguments("-4 in data_offsets", one("F32", "[1]", "[-4,0]"), new byte[4]),
                arguments("-0 in data_offsets", one("F32", "[1]", "[-0,4]"), new byte[4]),
                arguments("0.0 in data_offsets", one("F32", "[1]", "[0.0,4]"), new byte[4]),
                arguments("0 in data_offsets", one("F32", "[1]", "[\"0\",4]"), new byte[4]),
                arguments("more than 2", one("F32", "[1]", "[0,4,4]"), new byte[4]),
                arguments("two data_offsets", one("F32", "[1]", "[0]"), new byte[4]),
                arguments(
                        "takes 36 bytes, but has 16", one("F32", "[3,3]", "[0,16]"), new byte[16]),
                arguments(
                        "more bytes than a file can have",
                        one("F32", "[8589934592,8589934592]", "[0,16]"),
                        new byte[16]),
                arguments("-1 in shape", one("F32", "[-1]", "[0,4]"), new byte[4]),
                arguments(
                        "36893488147419103232 in shape",
                        one("F32", "[36893488147419103232]", "[0,4]"),
                        new byte[4]),
                arguments("more than 32", one("F32", "[1" + ",1".repeat(40) + "]", "[0,4]"), none),
                arguments("dtype \"F31\"", one("F31", "[1]", "[0,4]"), new byte[4]),
                arguments("F64, F32, F16, BF16", one("f32", "[1]", "[0,4]"), new byte[4]),
                arguments("does not end on a whole byte", one("F4", "[3]", "[0,1]"), new byte[1]),
                arguments("must have dtype", "{\"a\":{\"dtype\":\"F32\"}}", none),
                arguments("must be an object", "{\"a\":[1,2,3]}", none),
                arguments("has \"shape\" twice", one("F32", "[1],\"shape\":[1]", "[0,4]"), none),
                arguments("strings only, \"k\"", "{\"__metadata__\":{\"k\":1}}", none),
                arguments("strings only, \"k\"", "{\"__metadata__\":{\"k\":{}}}", none),
                arguments("object of strings", "{\"__metadata__\":[]}", none),
                arguments("\"k\" twice", "{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", none),
                arguments("cannot be read as JSON", "{\"a\":{\"x\":" + "[".repeat(10_000), none),
                arguments("cannot be read as JSON", "{\"" + "n".repeat(20_000) + "\":1}", none));
    }

    @ParameterizedTest
    @MethodSource
    void refusesAHeaderLengthThatCannotBe(String message, byte[] start) throws IOException {
        Path file = Files.write(folder.resolve("bad.safetensors"), start);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> refusesAHeaderLengthThatCannotBe() {
        return Stream.of(
                arguments("has 0 bytes", new byte[0]),
                arguments("has 7 bytes", new byte[7]),
                arguments("header of 90 bytes", withLength(90, 20)),
                arguments("header of 100000001 bytes", withLength(100_000_001, 82)),
                arguments("header of 1900000000 bytes", withLength(1_900_000_000, 82)),
                arguments("header of 2147483648 bytes", withLength(1L << 31, 82)),
                arguments("header of 9223372036854775808 bytes", withLength(Long.MIN_VALUE, 82)),
                arguments("header of 18446744073709551615 bytes", withLength(-1, 82)));
    }

    @Test
    void refusesTextThatIsNotUtf8() throws IOException {
        byte[] header = one("F32", "[1]", "[0,4]").getBytes(StandardCharsets.UTF_8);
        header[2] = (byte) 0xFF;
        Path file = written(header, new byte[4]);
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("not UTF-8");
    }

    @Test
    void refusesATypeThatIsNoWeightWhenItIsReadAsOne() throws IOException {
        Path file = written(one("I64", "[1]", "[0,8]"), new byte[8]);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThatThrownBy(() -> opened.floats("a"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining(
                            "tensor \"a\" is I64, weights may be F64, F32, F16, BF16");
        }
    }

    @Test
    void refusesMoreTensorsThanTheLimitSoon() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 1_000_000; i++) {
            header.append(i == 0 ? "\"" : ",\"")
                    .append(i)
                    .append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        Path file = written(header.append('}').toString(), new byte[0]);
        assertThat(refusalTime(file, "more than 100000 tensors")).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void refusesManyTensorsOnTheSameBytesSoon() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 100_000; i++) {
            header.append(i == 0 ? "\"" : ",\"")
                    .append(i)
                    .append("\":{\"dtype\":\"F32\",\"shape\":[40000],\"data_offsets\":[0,160000]}");
        }
        Path file = written(header.append('}').toString(), new byte[160_000]);
        assertThat(refusalTime(file, "must begin at 160000")).isLessThan(Duration.ofSeconds(2));
    }

    private static Duration refusalTime(Path file, String message) {
        // Of the processor: a busy machine says nothing about the reader.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining(message);
        return Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
    }

    @Test
    void saysHowToConvertAPickleWhateverItsName() throws IOException {
        byte[] pickle = "\u0080\u0002}q\u0000(X\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1);
        Path plain = Files.write(folder.resolve("model.safetensors"), pickle);
        Path zip = folder.resolve("model.pt");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("archive/data.pkl"));
            out.write(pickle);
        }
        for (Path file : new Path[] {plain, zip}) {
            assertThatThrownBy(() -> SafetensorsFile.open(file))
                    .hasMessageContaining("is a pickle file")
                    .hasMessageContaining("safetensors.torch.save_file");
        }
        Path archive = folder.resolve("other.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
            out.putNextEntry(new ZipEntry("readme"));
        }
        assertThatThrownBy(() -> SafetensorsFile.open(archive)).hasMessageContaining("zip archive");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder)).hasMessageContaining("is a folder");
        Path missing = folder.resolve("missing.safetensors");
        assertThatThrownBy(() -> SafetensorsFile.open(missing))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void widensOtherFloatsExactly() throws IOException {
        String header =
                "{\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                        + "\"h\":{\"dtype\":\"F16\",\"shape\":[7],\"data_offsets\":[16,30]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[30,36]}}";
        ByteBuffer data = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putDouble(-3);
        // IEEE 754 binary16: 1, -2, largest, smallest normal, smallest subnormal, -0, infinity
        for (int bits : new int[] {0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x8000, 0x7C00}) {
            data.putShort((short) bits);
        }
        for (int bits : new int[] {0x3F80, 0xC040, 0x4049}) {
            data.putShort((short) bits);
        }
        try (SafetensorsFile file = SafetensorsFile.open(written(header, data.array()))) {
            assertThat(values(file, "d")).containsExactly(0.1f, -3);
            assertThat(values(file, "h"))
                    .containsExactly(
                            1, -2, 65504, 0x1p-14f, 0x1p-24f, -0.0f, Float.POSITIVE_INFINITY);
            assertThat(values(file, "b")).containsExactly(1, -3, 3.140625f);
        }
    }

    @Test
    void readsFloatsThatAreNotAligned() throws IOException {
        String header =
                "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
        byte[] data = new byte[5];
        System.arraycopy(floats(7.25f), 0, data, 1, 4);
        try (SafetensorsFile file = SafetensorsFile.open(written(header, data))) {
            assertThat(values(file, "a")).containsExactly(7.25f);
        }
    }

    @Test
    void readsTensorsBeyondFourGigabytes() throws IOException {
        long large = 5_000_000_000L;
        String header =
                String.format(
                        "{\"u\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}",
                        large, large, large, large + 4);
        Path file = written(header, new byte[0]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // The hole takes no space on the disk.
            channel.write(ByteBuffer.wrap(floats(2.5f)), channel.size() + large);
        }
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(values(opened, "a")).containsExactly(2.5f);
        }
    }

    @Test
    void meetsMutatedFilesWithAValueOrItsOwnException() throws IOException {
        byte[] sound = bytes(TWO.getBytes(StandardCharsets.UTF_8), floats(1, 2, 3));
        Random random = new Random(20);
        Path path = folder.resolve("mutant.safetensors");
        int opened = 0;
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            Files.write(path, mutated(sound, random));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                for (String name : file.shapes().keySet()) {
                    try {
                        file.floats(name);
                    } catch (WeightsException e) {
                        assertThat(e).hasMessageContaining(path.toString());
                    }
                }
                opened++;
            } catch (WeightsException e) {
                assertThat(e).hasMessageContaining(path.toString());
                refused++;
            } catch (RuntimeException e) {
                fail("mutant " + i, e);
            }
        }
        // Both must happen, or the mutations are too mild or too rough to say anything.
        assertThat(opened).isGreaterThan(100);
        assertThat(refused).isGreaterThan(2_000);
    }

    private static byte[] mutated(byte[] sound, Random random) {
        byte[] mutant = sound.clone();
        int changes = 1 + random.nextInt(3);
        for (int change = 0; change < changes; change++) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(5)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt(256);
                case 2 ->
                        mutant[at] = (byte) "0123456789-.,:\"{}[]eE\\ ".charAt(random.nextInt(23));
                case 3 -> mutant = Arrays.copyOf(mutant, Math.max(1, at));
                default -> {
                    int from = random.nextInt(mutant.length);
                    int length = Math.min(8, mutant.length - Math.max(at, from));
                    System.arraycopy(mutant, from, mutant, at, length);
                }
            }
        }
        return mutant;
    }

    private Path written(String header, byte[] data) throws IOException {
        return written(header.getBytes(StandardCharsets.UTF_8), data);
    }

    private Path written(byte[] header, byte[] data) throws IOException {
        Path path = folder.resolve("case.safetensors");
        try (OutputStream out = Files.newOutputStream(path)) {
            out.write(bytes(header, data));
        }
        return path;
    }

    private static byte[] bytes(byte[] header, byte[] data) {
        return ByteBuffer.allocate(8 + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }

    private static byte[] withLength(long length, int rest) {
        return ByteBuffer.allocate(8 + rest).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }

    private static String one(String type, String shape, String offsets) {
        return String.format(
                "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}",
                type, shape, offsets);
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static float[] values(SafetensorsFile file, String name) {
        FloatBuffer buffer = file.floats(name).asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
