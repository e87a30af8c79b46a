package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HiddenFolderTest {
    private static final String NAME = "vit.onnx";

    @TempDir Path folder;

    /** Begins an export, says so, and goes on until it is killed. */
    public static final class Exporting {
        private Exporting() {}

        public static void main(String[] args) throws IOException {
            PendingModel pending = PendingModel.create(Path.of(args[0]), NAME);
            Files.writeString(pending.model(), "half a model");
            Files.writeString(pending.newDataFile(), "half its weights");
            System.out.write('!');
            System.out.flush();
            System.in.read();
        }
    }

    private Process exporting() throws IOException {
        String classes =
                Stream.of(PendingModel.class, HiddenFolderTest.class)
                        .map(c -> c.getProtectionDomain().getCodeSource().getLocation().getPath())
                        .collect(Collectors.joining(File.pathSeparator));
        Process process =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                classes,
                                Exporting.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(process.getInputStream().read()).isEqualTo('!');
        return process;
    }

    /** As {@code kill -9} does: nothing of the program runs any more. */
    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void removesWhatAKilledExportOfTheSameNameLeft() throws Exception {
        kill(exporting());
        List<Path> left = files();
        assertThat(left).hasSize(1);
        assertThat(left.get(0)).isDirectoryContaining("glob:**/vit.onnx_data");

        PendingModel.create(folder, "other.onnx").close();
        assertThat(files()).isEqualTo(left);

        try (PendingModel pending = PendingModel.create(folder, NAME)) {
            assertThat(files()).containsExactly(pending.model().getParent());
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void leavesAnExportAloneThatIsStillRunning() throws Exception {
        Process running = exporting();
        List<Path> theirs = files();

        PendingModel.create(folder, NAME).close();

        assertThat(files()).isEqualTo(theirs);
        assertThat(theirs.get(0).resolve(NAME)).hasContent("half a model");
        kill(running);
    }

    @Test
    void keepsItsOwnLocksWhenItLooksForOthers() throws Exception {
        try (PendingModel first = PendingModel.create(folder, NAME);
                PendingModel second = PendingModel.create(folder, NAME)) {
            kill(exporting());

            PendingModel.create(folder, NAME).close();

            assertThat(files())
                    .containsExactlyInAnyOrder(
                            first.model().getParent(), second.model().getParent());
            // Another process is who would see a lock that got lost.
            kill(exporting());
            assertThat(first.model().getParent()).exists();
            assertThat(second.model().getParent()).exists();
        }
    }

    @Test
    void aFolderWithoutALockIsGivenTimeToGetIt() throws IOException {
        Path young = Files.createDirectory(folder.resolve("." + NAME + ".partial-1"));
        Path old = Files.createDirectory(folder.resolve("." + NAME + ".partial-2"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(2))));

        PendingModel.create(folder, NAME).close();

        assertThat(files()).containsExactly(young);
    }

    @Test
    void doesNotRemoveWhatNoExportWrites() throws Exception {
        kill(exporting());
        Path foreign = Files.writeString(files().get(0).resolve("notes.txt"), "mine");

        PendingModel.create(folder, NAME).close();

        assertThat(foreign).hasContent("mine");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
