package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code vitrail classify} answers to input that cannot be used: exit code and words. */
class ClassifyFaultsTest {
    private static final Path STAR =
            Path.of(System.getProperty("vitrail.root"), "test-images/star/0001.png");

    @TempDir private Path folder;

    @Test
    void refusesAResultThatIsAnInput() throws Exception {
        Path image = Files.writeString(folder.resolve("a.csv"), "kept");
        Path model = Files.writeString(folder.resolve("m.jsonl"), "kept");
        Command overPath = Command.run("classify", image, "--out", image, "--overwrite");
        Command overModel =
                Command.run("classify", STAR, "--model", model, "--out", model, "--overwrite");
        for (Command command : new Command[] {overPath, overModel}) {
            assertThat(command.exitCode()).as(command.err()).isEqualTo(2);
            assertThat(command.out()).isEmpty();
            assertThat(command.err()).contains("is also an input");
        }
        assertThat(image).hasContent("kept");
        assertThat(model).hasContent("kept");
    }

    @Test
    void aFileThatIsNoImageIsARow() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.createFile(images.resolve("empty.jpg"));
        Files.writeString(images.resolve("text.jpg"), "no picture");
        Files.createDirectory(images.resolve("folder.jpg"));
        Command command = Command.run("classify", images);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.out().lines().toList())
                .hasSize(2)
                .allMatch(row -> row.contains("\"error\":{\"code\":"));
        assertThat(command.err()).contains("2 images: 0 classified, 2 failed");
        assertThat(Command.run("classify", images, "--strict").exitCode()).isEqualTo(1);
    }

    @Test
    void aFolderWithoutImagesIsASummaryOfNone() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Command command = Command.run("classify", empty);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains("no images found", "0 images: 0 classified, 0 failed");
    }
}
