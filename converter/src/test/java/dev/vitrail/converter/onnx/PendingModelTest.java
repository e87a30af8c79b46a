package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingModelTest {

    @TempDir Path folder;

    /** Begins an export and ends the program in the middle of it. */
    public static final class Interrupted {
        private Interrupted() {}

        public static void main(String[] args) throws IOException {
            PendingModel pending = PendingModel.create(Path.of(args[0]), "vit.onnx");
            Files.writeString(pending.model(), "half a model");
            Files.writeString(pending.newDataFile(), "half its weights");
            System.exit(7);
        }
    }

    @Test
    void removesTheWeightsOfAnEarlierModelOnceTheNewOneIsThere() throws IOException {
        Files.writeString(folder.resolve("vit.onnx"), "old");
        Files.writeString(folder.resolve("vit.onnx_data"), "old weights");
        try (PendingModel pending = PendingModel.create(folder, "vit.onnx")) {
            Files.writeString(pending.model(), "new");
            assertThat(files()).contains("vit.onnx", "vit.onnx_data");
            pending.commit();
        }
        assertThat(files()).containsExactly("vit.onnx");
        assertThat(folder.resolve("vit.onnx")).hasContent("new");
    }

    @Test
    void keepsWeightsThatAreTheNewModels() throws IOException {
        Files.writeString(folder.resolve("vit.onnx_data"), "old weights");
        try (PendingModel pending = PendingModel.create(folder, "vit.onnx")) {
            Files.writeString(pending.model(), "new");
            Files.writeString(pending.newDataFile(), "new weights");
            pending.commit();
        }
        assertThat(files()).containsExactly("vit.onnx", "vit.onnx_data");
        assertThat(folder.resolve("vit.onnx_data")).hasContent("new weights");
    }

    @Test
    void leavesNothingWhereTheProgramEndsBeforeTheCommit() throws Exception {
        String classes =
                Stream.of(PendingModel.class, PendingModelTest.class)
                        .map(c -> c.getProtectionDomain().getCodeSource().getLocation().getPath())
                        .collect(Collectors.joining(File.pathSeparator));
        Process child =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                classes,
                                Interrupted.class.getName(),
                                folder.toString())
                        .inheritIO()
                        .start();
        assertThat(child.waitFor()).isEqualTo(7);
        assertThat(files()).isEmpty();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
