package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsFileTest {

    private static final byte[] SAFETENSORS = Samples.scalars("a");
    private static final byte[] NPZ =
            new ZipSample()
                    .store("b.npy", Samples.npy("<f4", false, "()", Samples.floats(1)))
                    .bytes();
    private static final byte[] PICKLE = latin("\u0080\u0002}q\u0000(X\u0001\u0000\u0000\u0000ae.");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"x.safetensors", "x.npz", "x.bin", "x.pt", "x"})
    void tellsAFileByItsContent(String name) throws IOException {
        Path path = folder.resolve(name);
        Files.write(path, SAFETENSORS);
        assertOpens(path, SafetensorsFile.class, "a");
        Files.write(path, NPZ);
        assertOpens(path, NpzFile.class, "b");
        Files.write(folder.resolve("shard"), SAFETENSORS);
        Files.writeString(path, "\n{\"weight_map\":{\"a\":\"shard\"}}");
        assertOpens(path, ShardedSafetensors.class, "a");
    }

    @Test
    void takesTheFirstOfWhatAFolderHolds() throws IOException {
        Files.writeString(folder.resolve("README.md"), "weights");
        Files.write(folder.resolve("pytorch_model.bin"), PICKLE);
        Files.write(folder.resolve("other.npz"), NPZ);
        assertOpens(folder, NpzFile.class, "b");
        Files.write(folder.resolve("z.safetensors"), SAFETENSORS);
        assertOpens(folder, SafetensorsFile.class, "a");
        Files.write(folder.resolve("part"), Samples.scalars("c"));
        Files.writeString(
                folder.resolve("z.safetensors.index.json"), "{\"weight_map\":{\"c\":\"part\"}}");
        assertOpens(folder, ShardedSafetensors.class, "c");
        Files.write(folder.resolve("part2"), Samples.scalars("d"));
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"d\":\"part2\"}}");
        assertOpens(folder, ShardedSafetensors.class, "d");
        Files.write(folder.resolve("model.safetensors"), Samples.scalars("e"));
        assertOpens(folder, SafetensorsFile.class, "e");
    }

    @Test
    void doesNotChooseBetweenFiles() throws IOException {
        Files.write(folder.resolve("b.safetensors"), SAFETENSORS);
        Files.write(folder.resolve("a.safetensors"), SAFETENSORS);
        assertThatThrownBy(() -> WeightsFile.open(folder))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        folder + ": holds more than one: a.safetensors, b.safetensors; name one");
    }

    @Test
    void saysWhatToDoAboutTheFilesOfAFolder() throws IOException {
        assertThatThrownBy(() -> WeightsFile.open(folder))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("holds no weights, must have model.safetensors");
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.write(folder.resolve("flax_model.msgpack"), latin("\u0081\u00a6params\u0080"));
        assertThatThrownBy(() -> WeightsFile.open(folder))
                .hasMessageStartingWith(
                        folder.resolve("flax_model.msgpack") + ": is a MessagePack");
        Files.write(folder.resolve("pytorch_model.bin"), PICKLE);
        assertThatThrownBy(() -> WeightsFile.open(folder))
                .hasMessageStartingWith(folder.resolve("pytorch_model.bin") + ": is a pickle file");
        Files.write(folder.resolve("manifest.ocdbt"), new byte[20]);
        assertThatThrownBy(() -> WeightsFile.open(folder)).hasMessageContaining("Orbax checkpoint");
    }

    @Test
    void namesTheSnapshotInTheCacheOfAHub() throws IOException {
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/3f49"));
        assertThatThrownBy(() -> WeightsFile.open(folder))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(folder + ": is a model in the cache of Hugging Face")
                .hasMessageEndingWith("name the snapshot in it, " + snapshot);
    }

    /** Whatever it is called, and whichever reader is asked. */
    @ParameterizedTest
    @MethodSource
    void saysWhatToDoAboutAnotherFormat(String message, byte[] content) throws IOException {
        for (String suffix : List.of("pt", "pth", "bin", "safetensors", "npz", "h5", "msgpack")) {
            Path path = Files.write(folder.resolve("weights." + suffix), content);
            assertThatThrownBy(() -> WeightsFile.open(path))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageStartingWith(path + ": " + message);
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageStartingWith(path + ": " + message);
            assertThatThrownBy(() -> NpzFile.open(path))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageStartingWith(path + ": " + message);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(7);
        }
    }

    static Stream<Arguments> saysWhatToDoAboutAnotherFormat() throws IOException {
        String pickle = "is a pickle file, which is a program and not read here; convert it";
        byte[] torch =
                new ZipSample()
                        .store("archive/data.pkl", PICKLE)
                        .store("archive/data/0", new byte[64])
                        .bytes();
        byte[] tar = new byte[1024];
        System.arraycopy(latin("sys_info"), 0, tar, 0, 8);
        System.arraycopy(latin("ustar"), 0, tar, 257, 5);
        return Stream.of(
                // A dictionary by protocols 0 to 4, as Python's pickle module writes it.
                arguments(pickle, latin("(dp0\nVa\np1\nF1.0\ns.")),
                arguments(pickle, latin("}q\u0000X\u0001\u0000\u0000\u0000aq\u0001K\u0001s.")),
                arguments(pickle, PICKLE),
                arguments(pickle, latin("\u0080\u0003}q\u0000.")),
                arguments(
                        pickle,
                        latin(
                                "\u0080\u0004\u0095\u0004\u0000\u0000\u0000\u0000\u0000\u0000\u0000}\u0094.")),
                arguments(pickle, latin("ccollections\nOrderedDict\np0\n(tRp1\n.")),
                // The number that torch.save put in front before it wrote zip archives.
                arguments(
                        pickle, latin("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")),
                arguments(pickle, torch),
                arguments(pickle, Arrays.copyOf(torch, torch.length / 2)),
                arguments(
                        pickle,
                        new ZipSample()
                                .store("a.npy", new byte[5000])
                                .store("x/data.pkl", PICKLE)
                                .bytes()),
                arguments("is a tar archive", tar),
                arguments("is compressed with gzip; unpack it", gzip(SAFETENSORS)),
                arguments(
                        "is an HDF5 file, as Keras",
                        latin("\u0089HDF\r\n\u001a\n" + "\0".repeat(40))),
                arguments(
                        "is a Keras archive",
                        new ZipSample()
                                .store("config.json", new byte[2])
                                .store("model.weights.h5", new byte[9])
                                .bytes()),
                arguments(
                        "is a GGUF file", latin("GGUF\u0003\u0000\u0000\u0000" + "\0".repeat(16))),
                // ir_version 7, producer_name "pytorch"
                arguments("is an ONNX model", latin("\b\u0007\u0012\u0007pytorch\u001a\u00032.1")),
                arguments("is an ONNX model", latin("\b\n:\u0005graph")),
                arguments(
                        "is the graph of a TensorFlow SavedModel",
                        latin("\b\u0001\u0012\u00c2\u0001\n\u0005graph")),
                arguments(
                        "is the index of a TensorFlow checkpoint",
                        latin("\0\0\bblock\u0057\u00fb\u0080\u008b\u0024\u0075\u0047\u00db")),
                arguments("is a TensorFlow Lite model", latin("\u001c\0\0\0TFL3\0\0\0\0")),
                arguments(
                        "is a MessagePack file, as Flax",
                        latin("\u0082\u00a6params\u0081\u00a1a\u0001")),
                arguments("is a MessagePack file", latin("\u00de\u0000\u0020\u00a6kernel\u0001")),
                arguments(
                        "is a Git LFS pointer",
                        latin(
                                "version https://git-lfs.github.com/spec/v1\n"
                                        + "oid sha256:00\n"
                                        + "size 9\n")),
                arguments(
                        "is one array without a name",
                        Samples.npy("<f4", false, "()", new byte[4])),
                arguments("is a web page", latin("\n<!DOCTYPE html><html><head></head></html>")),
                arguments("is a web page", latin("<html lang=\"en\"></html>")));
    }

    @Test
    void givesThreeLinesOfPythonThatConvertAPickle() throws IOException {
        Path path = Files.write(folder.resolve("deit \"1\".pth"), PICKLE);
        assertThatThrownBy(() -> WeightsFile.open(path))
                .hasMessageEndingWith(
                        """
                        : is a pickle file, which is a program and not read here; convert it where \
                        it came from, with PyTorch 2.10 or later:
                            import torch; from safetensors.torch import save_file
                            weights = torch.load("weights.pt", map_location="cpu", weights_only=True)
                            save_file({name: value.contiguous() for name, value in \
                        weights.get("model", weights.get("state_dict", weights)).items()}, "model.safetensors")\
                        """);
        Path same = Files.write(folder.resolve("model.safetensors"), PICKLE);
        assertThatThrownBy(() -> WeightsFile.open(same))
                .hasMessageContaining("torch.load(\"model.safetensors\"")
                .hasMessageEndingWith("\"converted.safetensors\")");
    }

    @Test
    void refusesWhatIsNothingKnown() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "nothing of this kind");
        assertThatThrownBy(() -> WeightsFile.open(text))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("is of no format known here, must be a safetensors file");
        Path empty = Files.write(folder.resolve("empty.safetensors"), new byte[0]);
        assertThatThrownBy(() -> WeightsFile.open(empty)).hasMessageContaining("has 0 bytes");
        Path npz = Files.write(folder.resolve("empty.NPZ"), new byte[0]);
        assertThatThrownBy(() -> WeightsFile.open(npz))
                .hasMessageContaining("does not begin like a zip");
        Path zip =
                Files.write(
                        folder.resolve("a.zip"), new ZipSample().store("x", new byte[1]).bytes());
        assertThatThrownBy(() -> SafetensorsFile.open(zip))
                .hasMessageContaining("is a zip archive, must be a safetensors file");
        assertThatThrownBy(() -> WeightsFile.open(zip))
                .hasMessageContaining("member \"x\" is no array");
        Path json = Files.writeString(folder.resolve("config.json"), "{\"model\":1}");
        assertThatThrownBy(() -> WeightsFile.open(json))
                .hasMessageContaining("must have a weight_map");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> WeightsFile.open(missing))
                .hasMessageContaining("cannot be read (no such file");
    }

    @Test
    void doesNotWaitForADevice() {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device), "needs a system with /dev/zero");
        assertThatThrownBy(() -> WeightsFile.open(device))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("is no regular file");
    }

    private static void assertOpens(Path path, Class<?> reader, String tensor) {
        try (Weights weights = WeightsFile.open(path)) {
            assertThat(weights).isInstanceOf(reader);
            assertThat(weights.shapes().keySet()).containsExactly(tensor);
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
