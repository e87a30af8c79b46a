package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFileTest {

    private static final String TWO =
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                    + "\"b\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[8,12]}}";

    @TempDir Path folder;

    @Test
    void readsShapesMetadataAndValues() throws IOException {
        byte[] data = Samples.floats(1.5f, -2, 3);
        String header = "{\"__metadata__\":{\"format\":\"pt\"}," + TWO.substring(1);
        try (SafetensorsFile file = SafetensorsFile.open(written(header, data))) {
            assertThat(file.metadata()).containsEntry("format", "pt");
            assertThat(file.shapes())
                    .containsEntry("a", new Shape(2))
                    .containsEntry("b", new Shape(1, 1))
                    .hasSize(2);
            assertThat(Samples.values(file, "a")).containsExactly(1.5f, -2);
            assertThat(Samples.values(file, "b")).containsExactly(3);
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
                arguments("scalar", Samples.entry("F32", "[]", "[0,4]"), new byte[4]),
                arguments("empty tensor", Samples.entry("F32", "[0,7]", "[0,0]"), new byte[0]),
                arguments(
                        "a type that is no weight",
                        Samples.entry("I64", "[1]", "[0,8]"),
                        new byte[8]),
                arguments("half bytes in pairs", Samples.entry("F4", "[4]", "[0,2]"), new byte[2]),
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
                arguments("line 1, column 2: not JSON: a single quote", "{'a':1}", none),
                arguments("column 6: not JSON: the document ends", "{\"a\":", none),
                arguments("the document ends in the middle", "{\"a\":{\"dtype\":\"F32\"", none),
                arguments("padded with NUL", "{}\0\0\0", none),
                arguments("byte-order mark", "\uFEFF{}", none),
                arguments("goes on after", "{}{}", none),
                arguments(
                        "\"a\" is there twice",
                        "{\"a\":" + a + ",\"a\":" + a + "}",
                        Samples.floats(0)),
                arguments(
                        "\"b\" begins at byte 0",
                        "{\"a\":" + a + ",\"b\":" + a + "}",
                        Samples.floats(0)),
                arguments("begins at byte 4", Samples.entry("F32", "[1]", "[4,8]"), new byte[8]),
                arguments("too long", Samples.entry("F32", "[1]", "[0,4]"), new byte[5]),
                arguments("cut short", Samples.entry("F32", "[1]", "[0,4]"), new byte[3]),
                arguments("first not above", Samples.entry("F32", "[1]", "[4,0]"), new byte[4]),
                arguments("-4 in data_offsets", Samples.entry("F32", "[1]", "[-4,0]"), new byte[4]),
                arguments("-0 in data_offsets", Samples.entry("F32", "[1]", "[-0,4]"), new byte[4]),
                arguments(
                        "0.0 in data_offsets", Samples.entry("F32", "[1]", "[0.0,4]"), new byte[4]),
                arguments(
                        "0 in data_offsets", Samples.entry("F32", "[1]", "[\"0\",4]"), new byte[4]),
                arguments("more than 2", Samples.entry("F32", "[1]", "[0,4,4]"), new byte[4]),
                arguments("two data_offsets", Samples.entry("F32", "[1]", "[0]"), new byte[4]),
                arguments(
                        "takes 36 bytes, but has 16",
                        Samples.entry("F32", "[3,3]", "[0,16]"),
                        new byte[16]),
                arguments(
                        "more bytes than a file can have",
                        Samples.entry("F32", "[8589934592,8589934592]", "[0,16]"),
                        new byte[16]),
                arguments("-1 in shape", Samples.entry("F32", "[-1]", "[0,4]"), new byte[4]),
                arguments(
                        "36893488147419103232 in shape",
                        Samples.entry("F32", "[36893488147419103232]", "[0,4]"),
                        new byte[4]),
                arguments(
                        "more than 32",
                        Samples.entry("F32", "[1" + ",1".repeat(40) + "]", "[0,4]"),
                        none),
                arguments("dtype \"F31\"", Samples.entry("F31", "[1]", "[0,4]"), new byte[4]),
                arguments("half of a surrogate pair", "{\"\\udc00\":" + a + "}", Samples.floats(0)),
                arguments("F64, F32, F16, BF16", Samples.entry("f32", "[1]", "[0,4]"), new byte[4]),
                arguments(
                        "does not end on a whole byte",
                        Samples.entry("F4", "[3]", "[0,1]"),
                        new byte[1]),
                arguments("must have dtype", "{\"a\":{\"dtype\":\"F32\"}}", none),
                arguments("must be an object", "{\"a\":[1,2,3]}", none),
                arguments(
                        "has \"shape\" twice",
                        Samples.entry("F32", "[1],\"shape\":[1]", "[0,4]"),
                        none),
                arguments("strings only, \"k\"", "{\"__metadata__\":{\"k\":1}}", none),
                arguments("strings only, \"k\"", "{\"__metadata__\":{\"k\":{}}}", none),
                arguments("object of strings", "{\"__metadata__\":[]}", none),
                arguments("there twice", "{\"__metadata__\":{},\"__metadata__\":{}}", none),
                arguments(
                        "more than 10000000 characters",
                        "{\"__metadata__\":{\"a\":\""
                                + "x".repeat(6_000_000)
                                + "\",\"b\":\""
                                + "x".repeat(6_000_000)
                                + "\"}}",
                        none),
                arguments("\"k\" twice", "{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", none),
                arguments("nested deeper than 32", "{\"a\":{\"x\":" + "[".repeat(10_000), none),
                arguments("a key has more than 10000", "{\"" + "n".repeat(20_000) + "\":1}", none));
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
        byte[] header = Samples.entry("F32", "[1]", "[0,4]").getBytes(StandardCharsets.UTF_8);
        header[2] = (byte) 0xFF;
        Path file = written(header, new byte[4]);
        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("not UTF-8");
    }

    @ParameterizedTest
    @CsvSource({
        "I64,1,8",
        "I32,1,4",
        "I16,1,2",
        "I8,1,1",
        "U64,1,8",
        "U32,1,4",
        "U16,1,2",
        "U8,1,1",
        "BOOL,1,1",
        "C64,1,8",
        "F8_E5M2,1,1",
        "F8_E4M3,1,1",
        "F8_E8M0,1,1",
        "F8_E4M3FNUZ,1,1",
        "F8_E5M2FNUZ,1,1",
        "F6_E2M3,4,3",
        "F6_E3M2,4,3",
        "F4,2,1"
    })
    void refusesATypeThatIsNoWeightWhenItIsReadAsOne(ElementType type, int count, int bytes)
            throws IOException {
        Path file =
                written(
                        Samples.entry(type.name(), "[" + count + "]", "[0," + bytes + "]"),
                        new byte[bytes]);
        String message = "tensor \"a\" is " + type + ", weights may be F64, F32, F16, BF16";
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.type("a")).isEqualTo(type);
            assertThat(opened.shapes()).containsEntry("a", new Shape(count));
            assertThatThrownBy(() -> opened.floats("a"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(file + ": " + message);
            assertThatThrownBy(() -> opened.copyTo("a", values -> {}))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(file + ": " + message);
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
            assertThat(Samples.values(file, "d")).containsExactly(0.1f, -3);
            assertThat(Samples.values(file, "h"))
                    .containsExactly(
                            1, -2, 65504, 0x1p-14f, 0x1p-24f, -0.0f, Float.POSITIVE_INFINITY);
            assertThat(Samples.values(file, "b")).containsExactly(1, -3, 3.140625f);
        }
    }

    @Test
    void readsFloatsThatAreNotAligned() throws IOException {
        String header =
                "{\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
        byte[] data = new byte[5];
        System.arraycopy(Samples.floats(7.25f), 0, data, 1, 4);
        try (SafetensorsFile file = SafetensorsFile.open(written(header, data))) {
            assertThat(Samples.values(file, "a")).containsExactly(7.25f);
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
            channel.write(ByteBuffer.wrap(Samples.floats(2.5f)), channel.size() + large);
        }
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(Samples.values(opened, "a")).containsExactly(2.5f);
        }
    }

    private Path written(String header, byte[] data) throws IOException {
        return written(header.getBytes(StandardCharsets.UTF_8), data);
    }

    private Path written(byte[] header, byte[] data) throws IOException {
        Path path = folder.resolve("case.safetensors");
        try (OutputStream out = Files.newOutputStream(path)) {
            out.write(Samples.safetensors(header, data));
        }
        return path;
    }

    private static byte[] withLength(long length, int rest) {
        return ByteBuffer.allocate(8 + rest).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }
}
