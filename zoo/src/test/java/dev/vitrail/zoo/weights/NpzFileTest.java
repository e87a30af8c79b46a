package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzFileTest {

    private static final byte[] ONE = Samples.npy("<f4", false, "(1,)", Samples.floats(1.5f));
    private static final byte[] TWO = Samples.npy("<f4", false, "(2,)", Samples.floats(2, 3));

    @TempDir Path folder;

    /** Stored, deflated, in either order of axes and of bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"numpy.npz", "numpy-compressed.npz"})
    void readsAnyRangeOfWhatNumpyWrites(String resource) throws IOException {
        try (Weights weights = NpzFile.open(resource(resource))) {
            for (String name : weights.shapes().keySet()) {
                if (weights.type(name).isFloat() && weights.shapes().get(name).size() == 24) {
                    float[] all = Samples.values(weights, name);
                    for (int[] range : new int[][] {{8, 16}, {0, 24}, {5, 6}, {23, 24}, {7, 7}}) {
                        FloatBuffer part = FloatBuffer.allocate(range[1] - range[0]);
                        weights.copyFiniteTo(name, range[0], range[1], part::put);
                        assertThat(part.array())
                                .as(name)
                                .isEqualTo(Arrays.copyOfRange(all, range[0], range[1]));
                    }
                }
            }
        }
    }

    @Test
    void holdsARangeToTheChecksumAndTheFinitenessOfAll() throws IOException {
        float nan = Float.NaN;
        byte[] bad = Samples.npy("<f4", false, "(3,)", Samples.floats(1, 2, nan));
        Path file = folder.resolve("range.npz");
        Files.write(
                file,
                new ZipSample()
                        .store("nan.npy", bad)
                        .add(
                                "crc.npy",
                                TWO,
                                false,
                                member -> {
                                    member.crc++;
                                    member.localCrc++;
                                })
                        .bytes());
        try (Weights weights = NpzFile.open(file)) {
            assertThatThrownBy(() -> weights.copyFiniteTo("nan", 0, 1, values -> {}))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("\"nan\" has NaN at index [2]");
            assertThatThrownBy(() -> weights.copyFiniteTo("crc", 0, 1, values -> {}))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("checksum");
        }
    }

    /**
     * Archives that NumPy 2.4 wrote with {@code savez} and {@code savez_compressed}: {@code x =
     * (np.arange(24).reshape(2, 3, 4) - 12) / 8} in every byte order, type and order of axes, named
     * after them.
     */
    @ParameterizedTest
    @ValueSource(strings = {"numpy.npz", "numpy-compressed.npz"})
    void readsWhatNumpyWrites(String resource) throws IOException {
        float[] expected = new float[24];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (i - 12) / 8f;
        }
        try (Weights weights = NpzFile.open(resource(resource))) {
            int arrays = 0;
            for (String name : weights.shapes().keySet()) {
                if (name.matches(".*/(f.|bfloat16)/.*|bfloat16/.*")) {
                    assertThat(weights.shapes().get(name)).isEqualTo(new Shape(2, 3, 4));
                    assertThat(Samples.values(weights, name)).as(name).containsExactly(expected);
                    arrays++;
                }
            }
            assertThat(arrays).isEqualTo(14);
            assertThat(weights.type("big/f2/F")).isEqualTo(ElementType.F16);
            assertThat(weights.type("bfloat16/C")).isEqualTo(ElementType.BF16);
            assertThat(weights.shapes()).containsEntry("scalar", new Shape());
            assertThat(Samples.values(weights, "scalar")).containsExactly(0.25f);
            assertThat(weights.shapes()).containsEntry("empty", new Shape(0, 3));
            assertThat(Samples.values(weights, "empty")).isEmpty();
            assertThat(Samples.values(weights, "vector/F")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void givesOtherTypesAsShapesOnly() throws IOException {
        Path path = resource("numpy.npz");
        try (Weights weights = NpzFile.open(path)) {
            assertThat(weights.shapes()).containsEntry("step", new Shape());
            assertThat(weights.type("step")).isEqualTo(ElementType.I64);
            assertThat(weights.type("mask")).isEqualTo(ElementType.BOOL);
            assertThatThrownBy(() -> weights.floats("mask"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(
                            path
                                    + ": tensor \"mask\" is BOOL, weights may be F64, F32, F16,"
                                    + " BF16");
            assertThatThrownBy(() -> weights.floats("mask.npy"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Pieces are 64 Ki values: two axes and a rest that fill neither evenly. */
    @Test
    void transposesArraysOfManyPieces() throws IOException {
        int rows = 517;
        int columns = 389;
        byte[] data = new byte[4 * rows * columns];
        ByteBuffer values = ByteBuffer.wrap(data);
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                values.putFloat(row * columns + column);
            }
        }
        byte[] array = Samples.npy(">f4", true, "(" + rows + ", " + columns + ")", data);
        Path path = written(new ZipSample().deflate("w.npy", array));
        try (Weights weights = NpzFile.open(path)) {
            float[] read = Samples.values(weights, "w");
            assertThat(read).hasSize(rows * columns);
            for (int i = 0; i < read.length; i++) {
                assertThat(read[i]).isEqualTo(i);
            }
        }
    }

    /** The JDK's writer puts sizes behind the data of what it deflates. */
    @Test
    void readsWhatAnotherWriterStreamed() throws IOException {
        Path path = folder.resolve("streamed.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.setComment("a comment with PK\u0005\u0006 in it");
            zip.putNextEntry(new ZipEntry("params/"));
            zip.putNextEntry(new ZipEntry("params/a.npy"));
            zip.write(ONE);
            zip.putNextEntry(new ZipEntry("params/b.npy"));
            zip.write(TWO);
        }
        try (Weights weights = NpzFile.open(path)) {
            assertThat(weights.shapes().keySet()).containsExactly("params/a", "params/b");
            assertThat(Samples.values(weights, "params/b")).containsExactly(2, 3);
        }
    }

    @Test
    void readsWideSizesAndAWideDirectory() throws IOException {
        ZipSample zip = new ZipSample();
        zip.wideEnd = true;
        zip.add("a.npy", ONE, false, member -> member.wide = true);
        zip.add("b.npy", TWO, true, member -> member.wide = true);
        try (Weights weights = NpzFile.open(written(zip))) {
            assertThat(Samples.values(weights, "a")).containsExactly(1.5f);
            assertThat(Samples.values(weights, "b")).containsExactly(2, 3);
        }
    }

    @Test
    void readsMembersBeyondFourGigabytes() throws IOException {
        long large = 5_000_000_000L;
        byte[] header = Arrays.copyOf(Samples.npy("<f4", false, "(1250000000,)", new byte[0]), 128);
        ZipSample zip = new ZipSample();
        zip.wideEnd = true;
        zip.add(
                "large.npy",
                header,
                false,
                member -> {
                    member.wide = true;
                    member.size = member.storedSize = large + header.length;
                    member.localSize = member.localStoredSize = member.size;
                    member.localAt = 0;
                });
        Path path = folder.resolve("large.npz");
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] first = zip.localHeader(0);
            Samples.writeFully(channel, ByteBuffer.wrap(first));
            Samples.writeFully(channel, ByteBuffer.wrap(header));
            // The hole takes no space on the disk.
            long second = first.length + header.length + large;
            zip.add(
                    "small.npy",
                    ONE,
                    false,
                    member -> {
                        member.wide = true;
                        member.localAt = second;
                    });
            channel.position(second);
            Samples.writeFully(channel, ByteBuffer.wrap(zip.localHeader(1)));
            Samples.writeFully(channel, ByteBuffer.wrap(ONE));
            long begin = channel.position();
            byte[] directory = zip.directory();
            Samples.writeFully(channel, ByteBuffer.wrap(directory));
            Samples.writeFully(channel, ByteBuffer.wrap(zip.end(begin, directory.length)));
        }
        try (Weights weights = NpzFile.open(path)) {
            assertThat(weights.shapes()).containsEntry("large", new Shape(1_250_000_000));
            assertThat(Samples.values(weights, "small")).containsExactly(1.5f);
            assertThatThrownBy(() -> weights.floats("large"))
                    .hasMessageContaining("one tensor may have at most 2 GB");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../evil", "/etc/evil", "a/../b", "C:\\evil", ".."})
    void takesNamesForNamesOnly(String name) throws IOException {
        Path inner = Files.createDirectories(folder.resolve("a/b/c"));
        Path path = inner.resolve("w.npz");
        Files.write(path, new ZipSample().store(name + ".npy", ONE).bytes());
        try (Weights weights = NpzFile.open(path)) {
            assertThat(weights.shapes().keySet()).containsExactly(name);
            assertThat(Samples.values(weights, name)).containsExactly(1.5f);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactly(path);
        }
    }

    @ParameterizedTest
    @MethodSource
    void refusesAnArchiveThatIsNotSound(String message, ZipSample zip) throws IOException {
        Path path = written(zip);
        assertThatThrownBy(
                        () -> {
                            try (Weights weights = NpzFile.open(path)) {
                                for (String name : weights.shapes().keySet()) {
                                    weights.floats(name);
                                }
                            }
                        })
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(message);
    }

    static Stream<Arguments> refusesAnArchiveThatIsNotSound() {
        return Stream.of(
                arguments("empty zip archive", new ZipSample()),
                arguments("there twice", new ZipSample().store("a.npy", ONE).store("a.npy", TWO)),
                arguments("is no array", new ZipSample().store("readme.txt", ONE)),
                arguments("does not begin like", new ZipSample().store("a.npy", new byte[200])),
                arguments("does not begin like", new ZipSample().store("a.npy", new byte[0])),
                arguments("is encrypted", changed(member -> member.flags = 1)),
                arguments("is encrypted", changed(member -> member.localFlags = 1)),
                arguments("is encrypted", changed(member -> member.flags = 1 << 6)),
                arguments("method 12", changed(member -> member.method = 12)),
                arguments("method 93", changed(member -> member.method = 93)),
                arguments("another header", changed(member -> member.localMethod = 8)),
                arguments(
                        "another header",
                        changed(
                                member ->
                                        member.localName =
                                                "b.npy".getBytes(StandardCharsets.US_ASCII))),
                arguments("another header", changed(member -> member.localSize--)),
                arguments("another header", changed(member -> member.localStoredSize++)),
                arguments("another header", changed(member -> member.localCrc++)),
                arguments(
                        "has checksum",
                        changed(
                                member -> {
                                    member.crc ^= 1;
                                    member.localCrc = member.crc;
                                })),
                arguments("has no header", changed(member -> member.localAt = 1)),
                arguments("said to begin", changed(member -> member.localAt = 1 << 30)),
                arguments("is stored in", changed(member -> member.size++)),
                arguments(
                        "extra field that is cut",
                        changed(member -> member.extra = new byte[] {1, 0, 8, 0})),
                arguments(
                        "name is not UTF-8",
                        changed(member -> member.name = new byte[] {(byte) 0xFF})),
                arguments("a name of 0 bytes", changed(member -> member.name = new byte[0])),
                arguments(
                        "said to have",
                        changed(
                                member -> {
                                    member.size = member.storedSize = 1 << 20;
                                    member.localSize = member.localStoredSize = 1 << 20;
                                })),
                arguments("on the same bytes", nested()),
                arguments("1000000 members", entries(1_000_000)),
                arguments("goes on after its 0", entries(0)),
                arguments("ends within an entry", entries(2)),
                arguments(
                        "ends after 136 bytes, must have 140",
                        deflated(
                                member -> {
                                    member.size = member.localSize = 140;
                                    member.stored =
                                            ZipSample.deflated(Arrays.copyOf(arrayOf(3), 136));
                                    member.storedSize =
                                            member.localStoredSize = member.stored.length;
                                })),
                arguments(
                        "goes on after its",
                        deflated(
                                member -> {
                                    member.stored =
                                            ZipSample.deflated(Arrays.copyOf(arrayOf(3), 200));
                                    member.storedSize =
                                            member.localStoredSize = member.stored.length;
                                })),
                arguments(
                        "does not end where",
                        deflated(
                                member -> {
                                    member.stored =
                                            Arrays.copyOf(member.stored, member.stored.length + 5);
                                    member.storedSize =
                                            member.localStoredSize = member.stored.length;
                                })),
                arguments(
                        "ends after",
                        deflated(
                                member -> {
                                    member.stored =
                                            Arrays.copyOf(member.stored, member.stored.length / 2);
                                    member.storedSize =
                                            member.localStoredSize = member.stored.length;
                                })),
                arguments(
                        "cannot be inflated",
                        deflated(member -> Arrays.fill(member.stored, (byte) 0xFF))));
    }

    /** A whole member within the data of another: with enough of them, a file stands for many. */
    private static ZipSample nested() {
        byte[] header = new ZipSample().store("b.npy", ONE).localHeader(0);
        byte[] inner = Arrays.copyOf(header, header.length + ONE.length);
        System.arraycopy(ONE, 0, inner, header.length, ONE.length);
        return new ZipSample()
                .store("a.npy", inner)
                .add("b.npy", ONE, false, member -> member.localAt = 30 + "a.npy".length());
    }

    private static byte[] arrayOf(int count) {
        return Samples.npy("<f4", false, "(" + count + ",)", new byte[4 * count]);
    }

    private static ZipSample changed(Consumer<ZipSample.Member> change) {
        return new ZipSample().add("a.npy", ONE, false, change);
    }

    private static ZipSample deflated(Consumer<ZipSample.Member> change) {
        return new ZipSample().add("a.npy", arrayOf(3), true, change);
    }

    private static ZipSample entries(int entries) {
        ZipSample zip = new ZipSample().store("a.npy", ONE);
        zip.wideEnd = true;
        zip.entries = entries;
        return zip;
    }

    @Test
    void refusesAnArchiveThatWasCut() throws IOException {
        byte[] whole = new ZipSample().store("a.npy", ONE).deflate("b.npy", TWO).bytes();
        Path path = folder.resolve("cut.npz");
        for (int length = 4; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> NpzFile.open(path))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("no directory at its end");
        }
        // Bytes in front would move everything, bytes behind could hide a second directory.
        Files.write(path, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> NpzFile.open(path)).hasMessageContaining("no directory");
        byte[] shifted = new byte[whole.length + 4];
        System.arraycopy(whole, 0, shifted, 4, whole.length);
        System.arraycopy(whole, 0, shifted, 0, 4);
        Files.write(path, shifted);
        assertThatThrownBy(() -> NpzFile.open(path)).hasMessageContaining("must end at byte");
    }

    @ParameterizedTest
    @MethodSource
    void refusesAnArrayThatIsNotSound(String message, byte[] array) throws IOException {
        for (boolean deflated : new boolean[] {false, true}) {
            Path path = written(new ZipSample().add("a/b.npy", array, deflated, member -> {}));
            assertThatThrownBy(() -> NpzFile.open(path))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageStartingWith(path + ": tensor \"a/b\" ")
                    .hasMessageContaining(message);
        }
    }

    static Stream<Arguments> refusesAnArrayThatIsNotSound() {
        byte[] none = new byte[0];
        byte[] pickle = "\u0080\u0004\u0095.".getBytes(StandardCharsets.ISO_8859_1);
        String plain = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }";
        return Stream.of(
                arguments("Python objects, a pickle", Samples.npy("|O", false, "(1,)", pickle)),
                arguments("Python objects, a pickle", Samples.npy("O", false, "(1,)", pickle)),
                arguments("Python objects, a pickle", Samples.npy("|O8", false, "()", pickle)),
                arguments(
                        "takes 4503599627370496 bytes, but has 0",
                        Samples.npy("<f4", false, "(1125899906842624,)", none)),
                arguments(
                        "takes 1920000000 bytes, but has 0",
                        Samples.npy("<f4", false, "(480000000,)", none)),
                arguments(
                        "more bytes than a file can have",
                        Samples.npy("<f4", false, "(8589934592, 8589934592)", none)),
                arguments(
                        "above 2^63-1", Samples.npy("<f4", false, "(9223372036854775808,)", none)),
                arguments(
                        "takes 12 bytes, but has 8",
                        Samples.npy("<f4", false, "(3,)", new byte[8])),
                arguments(
                        "takes 4 bytes, but has 8", Samples.npy("<f4", false, "(1,)", new byte[8])),
                arguments("a size, an integer from 0", Samples.npy("<f4", false, "(-1,)", none)),
                arguments("npy version 9.0", Samples.npy(9, String.format(plain, "()"), none)),
                arguments("npy version 0.0", Samples.npy(0, String.format(plain, "()"), none)),
                arguments("a comma", Samples.npy("<f4", false, "(2*3,)", new byte[24])),
                arguments(
                        "a size, an integer from 0",
                        Samples.npy("<f4", false, "(__import__('os').system('x'),)", none)),
                arguments("'('", Samples.npy("<f4", false, "[2]", new byte[8])),
                arguments("one size needs a comma", Samples.npy("<f4", false, "(2)", new byte[8])),
                arguments("a size", Samples.npy("<f4", false, "(,)", none)),
                arguments("a size", Samples.npy("<f4", false, "(1,,2)", new byte[8])),
                arguments("a size", Samples.npy("<f4", false, "(02,)", new byte[8])),
                arguments(
                        "more than 32 axes",
                        Samples.npy("<f4", false, "(" + "1,".repeat(40) + ")", none)),
                arguments(
                        "an array of records",
                        Samples.npy(plain.replace("'<f4'", "[('x', '<f4')]"), none)),
                arguments("type \"<U4\"", Samples.npy("<U4", false, "()", new byte[16])),
                arguments("type \"<f16\"", Samples.npy("<f16", false, "()", new byte[16])),
                arguments("type \"<c16\"", Samples.npy("<c16", false, "()", new byte[16])),
                arguments("type \"|f4\"", Samples.npy("|f4", false, "()", new byte[4])),
                arguments("type \"=f4\"", Samples.npy("=f4", false, "()", new byte[4])),
                arguments("type \">V2\"", Samples.npy(">V2", false, "()", new byte[2])),
                arguments("type \"|V4\"", Samples.npy("|V4", false, "()", new byte[4])),
                arguments("type \"<M8[s]\"", Samples.npy("<M8[s]", false, "()", new byte[8])),
                arguments("\"descr\" twice", Samples.npy("{'descr': '<f4', 'descr': '<f4'}", none)),
                arguments("\"x\" in its header", Samples.npy("{'x': 1}", none)),
                arguments("must have descr", Samples.npy("{'descr': '<f4'}", none)),
                arguments("must have descr", Samples.npy("{}", none)),
                arguments("must be '{'", Samples.npy("", none)),
                arguments("must be the end", Samples.npy(String.format(plain, "()") + "x", none)),
                arguments("without escapes", Samples.npy("{'des\\143r': '<f4'}", none)),
                arguments("True or False", Samples.npy("{'fortran_order': 0}", none)),
                arguments("must be ':'", Samples.npy("{'descr'}", none)),
                arguments("must be '}'", Samples.npy("{'descr': '<f4' 'shape': ()}", none)),
                arguments("without escapes", Samples.npy("{'descr", none)),
                arguments(
                        "announces a header of 70000 bytes",
                        Samples.npy(2, " ".repeat(70_000), none)),
                arguments(
                        "header that is not UTF-8",
                        withByte(Samples.npy(3, String.format(plain, "()"), none), 20, 0xFF)),
                arguments(
                        "ends within its header",
                        withByte(Samples.npy(1, String.format(plain, "()"), none), 9, 0x40)),
                arguments("ends within its header", Arrays.copyOf(ONE, 9)));
    }

    private static byte[] withByte(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        return bytes;
    }

    @Test
    void readsEveryVersionAndWayOfWritingAHeader() throws IOException {
        byte[] data = Samples.floats(1, 2);
        String plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        Path path =
                written(
                        new ZipSample()
                                .store("two.npy", Samples.npy(2, plain + "\n", data))
                                .store("three.npy", Samples.npy(3, plain, data))
                                .store(
                                        "python2.npy",
                                        Samples.npy(plain.replace("(2,)", "(2L, 1L)"), data))
                                .store(
                                        "quotes.npy",
                                        Samples.npy(
                                                "{\"shape\":(1,2),\"descr\":\"<f4\","
                                                        + "\"fortran_order\":False}",
                                                data))
                                .store(
                                        "spaces.npy",
                                        Samples.npy(1, plain + " ".repeat(40_000), data))
                                .store(
                                        "ordered.npy",
                                        Samples.npy(
                                                "<V2",
                                                false,
                                                "(2,)",
                                                new byte[] {0, 0, (byte) 0x80, 0x3F})));
        try (Weights weights = NpzFile.open(path)) {
            for (String name : new String[] {"two", "three", "python2", "quotes", "spaces"}) {
                assertThat(Samples.values(weights, name)).as(name).containsExactly(1, 2);
            }
            assertThat(weights.shapes()).containsEntry("python2", new Shape(2, 1));
            assertThat(Samples.values(weights, "ordered")).containsExactly(0, 1);
        }
    }

    /** A gigabyte of zeros deflates to a megabyte. */
    @Test
    @Tag("slow")
    void refusesABombByItsRatio() throws IOException {
        Path path = folder.resolve("bomb.npz");
        try (OutputStream file = Files.newOutputStream(path);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("w.npy"));
            zip.write(Samples.npy("<f4", false, "(250000000,)", new byte[0]));
            byte[] zeros = new byte[1_000_000];
            for (int i = 0; i < 1_000; i++) {
                zip.write(zeros);
            }
        }
        assertThatThrownBy(() -> NpzFile.open(path)).hasMessageContaining("at most 100 times");
    }

    /** The same by what the headers claim, without the data that would take seconds to make. */
    @Test
    void refusesAClaimThatNothingCanInflateTo() throws IOException {
        long claimed = 1_000_000_128L;
        byte[] header = Samples.npy("<f4", false, "(250000000,)", new byte[0]);
        Consumer<ZipSample.Member> bomb =
                member -> {
                    member.size = claimed;
                    member.localSize = claimed;
                };
        Path path = written(new ZipSample().add("w.npy", header, true, bomb));
        assertThatThrownBy(() -> NpzFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("member \"w.npy\" has 1000000128 bytes made from ")
                .hasMessageContaining("at most 100 times");
    }

    @Test
    void refusesManyMembersThatAreABombTogether() throws IOException {
        byte[] content = new byte[10];
        ZipSample zip = new ZipSample();
        for (int i = 0; i < 17; i++) {
            zip.add(
                    i + ".npy",
                    content,
                    true,
                    member -> {
                        member.size = 64L << 20;
                        member.localSize = member.size;
                    });
        }
        Path path = written(zip);
        assertThatThrownBy(() -> NpzFile.open(path))
                .hasMessageContaining("the zip archive's members have 1140850688 bytes made from");
    }

    private Path written(ZipSample zip) throws IOException {
        return Files.write(folder.resolve("case.npz"), zip.bytes());
    }

    private Path resource(String name) throws IOException {
        try (InputStream resource = NpzFileTest.class.getResourceAsStream(name)) {
            return Files.write(folder.resolve(name), resource.readAllBytes());
        }
    }
}
