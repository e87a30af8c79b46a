package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentTest {

    @TempDir Path folder;

    @BeforeAll
    static void home() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
    }

    @Test
    void drawsARowForEachSoundPhoto() throws Exception {
        Path data = folder.resolve("data");
        assertThat(Command.run("draw", "--out", data, "--per-class", 2, "--size", 48).exitCode())
                .isZero();
        Path first = data.resolve("circle").resolve("0000.png");
        assertThat(first).exists();
        Files.write(first, new byte[] {1, 2, 3});
        Path sheet = folder.resolve("sheet.png");

        Command done =
                Command.run(
                        "augment",
                        "--config",
                        "shapes",
                        "--data",
                        data,
                        "--out",
                        sheet,
                        "--count",
                        4);

        assertThat(done.exitCode()).isZero();
        assertThat(done.out()).contains("3 photos of 8 classes");
        assertThat(done.err()).contains("0000.png");
        BufferedImage picture = ImageIO.read(sheet.toFile());
        // Eight columns of 48 pixels, twice as large, with gaps of 10.
        assertThat(picture.getWidth()).isEqualTo(10 + 8 * (96 + 10));
        Command again =
                Command.run("augment", "--config", "shapes", "--data", data, "--out", sheet);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("exists already");
        Command other =
                Command.run("augment", "--config", "shapes", "--data", data, "--out", "sheet.jpg");
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("--out sheet.jpg: must end in .png");
    }
}
