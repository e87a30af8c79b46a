package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSafetensorsTest {

    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir Path folder;

    @Test
    void readsTensorsFromTheFilesThatTheIndexNames() throws IOException {
        write(ONE, Samples.scalars("a", "b"));
        write(TWO, Samples.scalars("c"));
        Path index =
                index("\"metadata\":{\"total_size\":12},\"weight_map\":%s", map("a", "b", "c"));
        try (Weights weights = ShardedSafetensors.open(index)) {
            assertThat(weights.origin()).isEqualTo(index);
            assertThat(weights.shapes().keySet()).containsExactly("a", "b", "c");
            assertThat(weights.shapes()).containsEntry("c", new Shape());
            assertThat(weights.type("b")).isEqualTo(ElementType.F32);
            assertThat(Samples.values(weights, "b")).containsExactly(1);
            assertThat(Samples.values(weights, "c")).containsExactly(0);
            assertThatThrownBy(() -> weights.floats("d"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namesAFileThatIsMissing() throws IOException {
        write(ONE, Samples.scalars("a", "b"));
        Path index = index("\"weight_map\":%s", map("a", "b", "c"));
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(TWO)
                .hasMessageContaining("no such file");
    }

    @Test
    void namesEveryTensorOnWhichIndexAndFilesDisagree() throws IOException {
        write(ONE, Samples.scalars("a", "both", "extra"));
        write(TWO, Samples.scalars("b", "both"));
        Path index =
                index(
                        "\"weight_map\":{\"a\":\"%1$s\",\"b\":\"%1$s\",\"both\":\"%2$s\","
                                + "\"gone\":\"%2$s\"}",
                        ONE, TWO);
        WeightsException refusal =
                catchThrowableOfType(WeightsException.class, () -> ShardedSafetensors.open(index));
        assertThat(refusal).hasMessageStartingWith(index + ": the index does not fit its files");
        assertThat(refusal.problems())
                .containsExactlyInAnyOrder(
                        "tensor \"both\" is in " + ONE + " and in " + TWO,
                        "tensor \"extra\" is in " + ONE + ", but not in the index",
                        "tensor \"b\" must be in " + ONE + ", but is in " + TWO,
                        "tensor \"gone\" must be in " + TWO + ", but is in no file");
    }

    @Test
    void refusesAPickleThatIsNamedAsAFile() throws IOException {
        write("pytorch_model.bin", "\u0080\u0002}q\u0000.".getBytes(StandardCharsets.ISO_8859_1));
        Path index = index("\"weight_map\":{\"a\":\"pytorch_model.bin\"}");
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .hasMessageContaining("pytorch_model.bin: is a pickle file");
    }

    /** The file is there and sound, so that only the rule keeps it from being opened. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.safetensors",
                "./x.safetensors",
                "sub/../../x.safetensors",
                "sub/x.safetensors",
                "/x.safetensors",
                "\\\\server\\\\x.safetensors",
                "C:x.safetensors",
                "x.safetensors\\u0000.json",
                "x\\n.safetensors",
                "..",
                ".",
                "",
                " ",
                "\\ud800.safetensors"
            })
    void refusesAFileThatIsNotASinglePlainName(String name) throws IOException {
        Path inner = Files.createDirectories(folder.resolve("inner/sub")).getParent();
        Files.write(folder.resolve("x.safetensors"), Samples.scalars("a"));
        Files.write(inner.resolve("sub/x.safetensors"), Samples.scalars("a"));
        Files.write(inner.resolve("x.safetensors"), Samples.scalars("a"));
        Path index =
                Files.writeString(
                        inner.resolve("model.safetensors.index.json"),
                        "{\"weight_map\":{\"a\":\"" + name + "\"}}");
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(index + ": the index puts tensor \"a\" into \"")
                .hasMessageEndingWith("must be a file name without a folder");
    }

    @Test
    void opensNothingWhereOneNameIsNotPlain() throws IOException {
        // A damaged first shard would be the complaint if it had been opened.
        write("a.safetensors", new byte[3]);
        Path index = index("\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"../b.safetensors\"}");
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .hasMessageContaining("\"../b.safetensors\"");
    }

    @ParameterizedTest
    @MethodSource
    void refusesAnIndexThatIsNotSound(String message, String text) throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        Files.write(index, text.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(index + ": ")
                .hasMessageContaining(message);
    }

    static Stream<Arguments> refusesAnIndexThatIsNotSound() {
        return Stream.of(
                Arguments.of("must be a JSON object", ""),
                Arguments.of("must be a JSON object", "[]"),
                Arguments.of("column 15: not JSON: the document ends", "{\"weight_map\":"),
                Arguments.of("nested deeper than 32", "{\"x\":" + "[".repeat(10_000)),
                Arguments.of("must have a weight_map", "{}"),
                Arguments.of("must have a weight_map", "{\"weight_map\":{}}"),
                Arguments.of("must be an object", "{\"weight_map\":[\"a\"]}"),
                Arguments.of(
                        "weight_map twice",
                        "{\"weight_map\":{\"a\":\"b\"},\"weight_map\":{\"c\":\"b\"}}"),
                Arguments.of("tensor \"a\" twice", "{\"weight_map\":{\"a\":\"b\",\"a\":\"b\"}}"),
                Arguments.of("tensor \"a\" must have a file name", "{\"weight_map\":{\"a\":1}}"),
                Arguments.of(
                        "half of a surrogate pair",
                        "{\"weight_map\":{\"\\udc00\":\"b.safetensors\"}}"),
                Arguments.of("goes on after", "{\"weight_map\":{\"a\":\"b\"}} {}"),
                Arguments.of("not UTF-8", "{\"weight_map\":{\"\u00ff\":\"b\"}}"));
    }

    @Test
    void refusesMoreTensorsOrFilesThanTheLimit() throws IOException {
        StringBuilder tensors = new StringBuilder();
        StringBuilder files = new StringBuilder();
        for (int i = 0; i < 100_001; i++) {
            tensors.append(i == 0 ? "" : ",").append("\"t").append(i).append("\":\"s\"");
        }
        for (int i = 0; i < 1_001; i++) {
            files.append(String.format("%s\"t%d\":\"s%d\"", i == 0 ? "" : ",", i, i));
        }
        Path many = index("\"weight_map\":{%s}", tensors);
        assertThatThrownBy(() -> ShardedSafetensors.open(many))
                .hasMessageContaining("more than 100000 tensors");
        Path index = index("\"weight_map\":{%s}", files);
        assertThatThrownBy(() -> ShardedSafetensors.open(index))
                .hasMessageContaining("more than 1000 files");
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    private Path index(String format, Object... arguments) throws IOException {
        return Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{" + String.format(format, arguments) + "}");
    }

    /** The last in the second file, the others in the first. */
    private static String map(String... tensors) {
        StringBuilder map = new StringBuilder("{");
        for (int i = 0; i < tensors.length; i++) {
            String file = i == tensors.length - 1 ? TWO : ONE;
            map.append(String.format("%s\"%s\":\"%s\"", i == 0 ? "" : ",", tensors[i], file));
        }
        return map.append('}').toString();
    }
}
