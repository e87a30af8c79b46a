package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.Weights;
import dev.vitrail.zoo.weights.WeightsFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged weights through the whole command, one after the other in a process of 256 MB: each is
 * refused as failed work in a sentence that names the file and what is wrong, and nothing is made.
 */
class ImportFaultsTest {
    private static final Path HOME = Path.of(System.getProperty("vitrail.root"));
    private static final String F32 = "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":";
    private static final long SECONDS = 120;

    @TempDir Path folder;

    /** A path to import, and what its message must hold. */
    private record Fault(Path path, String part) {}

    private final List<Fault> faults = new ArrayList<>();

    @BeforeEach
    void makeSafetensors() throws IOException {
        add("empty.safetensors", new byte[0], "has 0 bytes");
        add("seven.safetensors", new byte[7], "has 7 bytes");
        for (long length : new long[] {83, 100_000_001, 1L << 31, 1_900_000_000, -1, 1L << 63}) {
            add(
                    "length" + Long.toUnsignedString(length) + ".safetensors",
                    safetensors(length, new byte[82]),
                    "announces a header of " + Long.toUnsignedString(length) + " bytes");
        }
        header("text", "\"\u00ff\"".getBytes(StandardCharsets.ISO_8859_1), "UTF-8");
        header("json", "{w", "");
        header("array", "[]", "object");
        header("nul", "{}\0\0", "padded with NUL bytes");
        header("mark", "\ufeff{}", "begins with a byte-order mark");
        header("twice", "{" + F32 + "[0,8]}," + F32 + "[0,8]}}", "\"w\"");
        header(
                "overlap",
                "{"
                        + F32
                        + "[0,8]},\"v\":{\"dtype\":\"F32\",\"shape\":[2],"
                        + "\"data_offsets\":[4,12]}}",
                "\"v\"");
        header(
                "bomb",
                IntStream.range(0, 100_000)
                        .mapToObj(i -> F32.replace("w", "w" + i) + "[0,8]}")
                        .collect(Collectors.joining(",", "{", "}")),
                "\"w");
        header("hole", "{" + F32 + "[4,12]}}", "\"w\"");
        header("rest", "{" + F32 + "[0,8]}}", "12");
        header("cut", "{" + F32 + "[8,16]}}", "\"w\"");
        for (String offsets : List.of("[8,0]", "[-8,0]", "[0.0,8]", "[\"0\",8]", "[0,4,8]")) {
            header("offsets" + faults.size(), "{" + F32 + offsets + "}}", "\"w\"");
        }
        for (String shape : List.of("[3,3]", "[8589934592,8589934592]", "[-2]")) {
            header("shape" + faults.size(), "{" + F32.replace("[2]", shape) + "[0,12]}}", "\"w\"");
        }
        header("type", "{" + F32.replace("F32", "F31") + "[0,8]}}", "F31");
        header("case", "{" + F32.replace("F32", "f32") + "[0,8]}}", "f32");
        for (String held : List.of("F4", "I64")) {
            header("held" + held, "{" + F32.replace("F32", held) + "[0,12]}}", "\"w\"");
        }
        header("metadata", "{\"__metadata__\":{\"a\":1}}", "__metadata__");
        header(
                "many",
                IntStream.range(0, 100_001)
                        .mapToObj(
                                i ->
                                        "\"t"
                                                + i
                                                + "\":{\"dtype\":\"F32\",\"shape\":[0],"
                                                + "\"data_offsets\":[0,0]}")
                        .collect(Collectors.joining(",", "{", "}")),
                "100000");
        add("pickle.pt", "\u0080\u0002}q\0.", "is a pickle file");
        add("pickle.safetensors", "\u0080\u0002}q\0.", "is a pickle file");
        zip("pickled.bin", "archive/data.pkl", new byte[3], "is a pickle file");
    }

    @BeforeEach
    void makeIndexes() throws IOException {
        byte[] sound = safetensors("{" + F32 + "[0,8]}}", new byte[8]);
        index(
                "missing",
                "{\"w\":\"a.safetensors\"}",
                "a.safetensors: cannot be read (no such file)");
        index("nowhere", "{\"w\":\"a.safetensors\",\"v\":\"a.safetensors\"}", "\"v\"");
        Files.write(folder.resolve("nowhere/a.safetensors"), sound);
        index("both", "{\"w\":\"a.safetensors\",\"v\":\"b.safetensors\"}", "\"w\" is in");
        Files.write(folder.resolve("both/a.safetensors"), sound);
        Files.write(folder.resolve("both/b.safetensors"), sound);
        index("outside", "{\"w\":\"../x.safetensors\"}", "must be a file name without a folder");
    }

    @BeforeEach
    void makeArchives() throws IOException {
        array("object", npy("'|O'", "(1,)", new byte[8]), "tensor \"a\"");
        array("huge", npy("'<f4'", "(1125899906842624,)", new byte[0]), "tensor \"a\"");
        array("claimed", npy("'<f4'", "(480000000,)", new byte[0]), "tensor \"a\"");
        array("short", npy("'<f4'", "(3,)", new byte[8]), "tensor \"a\"");
        array("negative", npy("'<f4'", "(-3,)", new byte[8]), "tensor \"a\"");
        array("expression", npy("'<f4'", "(1+1,)", new byte[8]), "tensor \"a\"");
        byte[] version = npy("'<f4'", "(2,)", new byte[8]);
        version[6] = 9;
        array("version", version, "tensor \"a\"");
        zip("text.npz", "a.txt", new byte[3], "a.txt");
        inflated("inflated.npz", npy("'<f4'", "(268435456,)", new byte[0]), 1 << 30);
        zip("outside.npz", "../../evil.npy", npy("'<f4'", "(2,)", new byte[8]), "evil");
        byte[] whole = Files.readAllBytes(folder.resolve("short.npz"));
        add("cut.npz", Arrays.copyOf(whole, whole.length - 30), "");
        add("none.npz", Stream.of("PK\5\6", "\0".repeat(18)).collect(Collectors.joining()), "");
    }

    /** Sound networks but for one number. */
    @BeforeEach
    void makeNotFinite() throws IOException {
        faults.add(new Fault(sound("nan", Float.NaN), "has NaN at index [0], must be finite"));
        faults.add(
                new Fault(
                        sound("infinite", Float.NEGATIVE_INFINITY),
                        "\"head.bias\" has -Infinity at index [0], must be finite"));
    }

    /** A run folder of the smallest network whose head's bias is {@code bias}. */
    private Path sound(String name, float bias) throws IOException {
        Path run = Files.createDirectory(folder.resolve(name));
        Path config = HOME.resolve("configs/vit-pico-patch8-32.json");
        Files.copy(config, run.resolve("config.json"));
        ModelConfig read = ConfigReader.read(config);
        VisionTransformer network = new VisionTransformer(read.model(), read.labels().count());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            network.initialize(manager, 1);
            ParameterNames.of(network).parameters().get("head.bias").getArray().addi(bias);
            SafetensorsWriter.write(run.resolve("model.safetensors"), network);
        }
        return run;
    }

    /** What the reference reader takes as well. */
    @Test
    void importsWhatIsOnlyUnusual() throws IOException {
        Path plain = sound("plain", 1);
        Path unusual = sound("unusual", 1);
        Path weights = unusual.resolve("model.safetensors");
        ByteBuffer file =
                ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong();
        String header = new String(file.array(), Long.BYTES, length, StandardCharsets.UTF_8);
        String changed =
                " \n "
                        + header.strip().replaceFirst("\"dtype\"", "\"written_by\":[7],\"dtype\"")
                        + "  ";
        byte[] data = Arrays.copyOfRange(file.array(), Long.BYTES + length, file.capacity());
        Files.write(weights, safetensors(changed, data));

        List<byte[]> imported = new ArrayList<>();
        for (Path run : List.of(plain, unusual)) {
            Path out = folder.resolve("of-" + run.getFileName());
            assertThat(Command.run("import", "--weights", run, "--out", out).exitCode()).isZero();
            imported.add(Files.readAllBytes(out.resolve("model.safetensors")));
        }
        assertThat(changed).isNotEqualTo(header);
        assertThat(imported.get(1)).isEqualTo(imported.get(0));
    }

    /** Arrays by columns, big-endian, behind 40,000 spaces: as numpy may have written them. */
    @Test
    void importsArraysThatAreWrittenOtherwise() throws IOException {
        Path usual =
                HOME.resolve("zoo/src/test/resources/dev/vitrail/zoo/reference/google_old")
                        .resolve("model.npz");
        Path unusual = folder.resolve("unusual.npz");
        try (Weights weights = WeightsFile.open(usual);
                OutputStream file = Files.newOutputStream(unusual);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (String name : weights.shapes().keySet()) {
                FloatBuffer values = FloatBuffer.allocate((int) weights.shapes().get(name).size());
                weights.copyTo(name, values::put);
                zip.putNextEntry(new ZipEntry(name + ".npy"));
                zip.write(byColumns(weights.shapes().get(name).getShape(), values.array()));
            }
        }

        List<byte[]> imported = new ArrayList<>();
        for (Path weights : List.of(usual, unusual)) {
            Path out = folder.resolve("of-" + weights.getFileName());
            assertThat(Command.run("import", "--weights", weights, "--out", out).exitCode())
                    .isZero();
            imported.add(Files.readAllBytes(out.resolve("model.safetensors")));
        }
        assertThat(imported.get(1)).isEqualTo(imported.get(0));
    }

    private static byte[] byColumns(long[] shape, float[] rows) {
        ByteBuffer columns = ByteBuffer.allocate(rows.length * Float.BYTES);
        for (int row = 0; row < rows.length; row++) {
            int rest = row;
            int size = rows.length;
            int column = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                size /= (int) shape[axis];
                column += rest % (int) shape[axis] * size;
                rest /= (int) shape[axis];
            }
            columns.putFloat(column * Float.BYTES, rows[row]);
        }
        String sizes =
                LongStream.of(shape)
                        .mapToObj(size -> size + ",")
                        .collect(Collectors.joining("", "(", ")"));
        return npy("'>f4'", "True", sizes + " ".repeat(40_000), columns.array());
    }

    /** Names that lead out of the folder, of tensors and of members, make no file anywhere. */
    @Test
    void makesNoFileOfAName() throws IOException {
        Path parent = Files.createDirectories(folder.resolve("deep/down/here"));
        Path archive = parent.resolve("outside.npz");
        Files.copy(folder.resolve("outside.npz"), archive);
        Path tensor =
                Files.write(
                        parent.resolve("outside.safetensors"),
                        safetensors(
                                "{" + F32.replace("\"w\"", "\"../../evil\"") + "[0,8]}}",
                                new byte[8]));

        for (Path weights : List.of(archive, tensor)) {
            Command command =
                    Command.run("import", "--weights", weights, "--out", parent.resolve("run"));
            assertThat(command.exitCode()).isEqualTo(ExitCode.FAILED.code());
        }
        try (Stream<Path> all = Files.walk(folder.resolve("deep"))) {
            assertThat(all.filter(Files::isRegularFile)).containsOnly(archive, tensor);
        }
    }

    @Test
    void refusesEachInASentence() throws IOException, InterruptedException {
        Path runs = Files.createDirectory(folder.resolve("runs"));
        Path said = folder.resolve("said.txt");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-Dvitrail.home=" + HOME,
                                "-cp",
                                System.getProperty("java.class.path"),
                                All.class.getName(),
                                runs.toString()));
        faults.forEach(fault -> command.add(fault.path().toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(said.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isZero();

        List<String> answers = Files.readAllLines(said);
        assertThat(answers).hasSameSizeAs(faults);
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            String[] lines = answers.get(i).substring(2).split("\t");
            assertThat(answers.get(i))
                    .startsWith(ExitCode.FAILED.code() + " vitrail: ")
                    .contains(fault.path().toString(), fault.part())
                    .doesNotContain("Exception", "Error:");
            // What a pickle is told has three lines of Python besides.
            assertThat(lines).hasSizeLessThanOrEqualTo(fault.part().contains("pickle") ? 4 : 3);
        }
        assertThat(runs).isEmptyDirectory();
    }

    /** The process: imports every path, and prints exit code and standard error on a line each. */
    static final class All {
        private All() {}

        public static void main(String[] paths) {
            for (int i = 1; i < paths.length; i++) {
                Path run = Path.of(paths[0], Integer.toString(i));
                Command command = Command.run("import", "--weights", paths[i], "--out", run);
                System.out.println(
                        command.exitCode() + " " + command.err().strip().replace('\n', '\t'));
            }
        }
    }

    private void header(String name, String header, String part) throws IOException {
        header(name, header.getBytes(StandardCharsets.UTF_8), part);
    }

    /** With 12 bytes behind it. */
    private void header(String name, byte[] header, String part) throws IOException {
        add(name + ".safetensors", safetensors(header.length, concat(header, new byte[12])), part);
    }

    private static byte[] safetensors(String header, byte[] data) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return safetensors(bytes.length, concat(bytes, data));
    }

    private static byte[] safetensors(long length, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(rest)
                .array();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private void index(String name, String map, String part) throws IOException {
        Path file = Files.createDirectory(folder.resolve(name)).resolve("m.safetensors.index.json");
        Files.writeString(file, "{\"weight_map\":" + map + "}");
        faults.add(new Fault(file.getParent(), part));
    }

    private static byte[] npy(String type, String shape, byte[] data) {
        return npy(type, "False", shape, data);
    }

    private static byte[] npy(String type, String byColumns, String shape, byte[] data) {
        String header =
                String.format(
                        "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n",
                        type, byColumns, shape);
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + header.length() + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
        bytes.putShort((short) header.length());
        return bytes.put(header.getBytes(StandardCharsets.US_ASCII)).put(data).array();
    }

    private void array(String name, byte[] array, String part) throws IOException {
        zip(name + ".npz", "a.npy", array, part);
    }

    private void zip(String name, String member, byte[] content, String part) throws IOException {
        Path path = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(path);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.setLevel(1);
            zip.putNextEntry(new ZipEntry(member));
            zip.write(content);
        }
        faults.add(new Fault(path, part));
    }

    /** A member of which a megabyte is left of {@code zeros} bytes after its header. */
    private void inflated(String name, byte[] header, long zeros) throws IOException {
        Path path = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(path);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("a.npy"));
            zip.write(header);
            byte[] chunk = new byte[1 << 20];
            for (long done = 0; done < zeros; done += chunk.length) {
                zip.write(chunk);
            }
        }
        faults.add(new Fault(path, "at most 100 times what is stored"));
    }

    private void add(String name, String content, String part) throws IOException {
        add(name, content.getBytes(StandardCharsets.ISO_8859_1), part);
    }

    private void add(String name, byte[] content, String part) throws IOException {
        faults.add(new Fault(Files.write(folder.resolve(name), content), part));
    }
}
