package dev.vitrail.zoo.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small picture files for tests. */
public final class Pictures {

    private Pictures() {}

    /** Writes {@code count} drawn pictures into a class folder. */
    public static Path write(Path classFolder, DrawnShape shape, int count) throws IOException {
        Files.createDirectories(classFolder);
        ShapePainter painter = new ShapePainter(24);
        for (int i = 0; i < count; i++) {
            Path file = classFolder.resolve(String.format("%03d.png", i));
            ImageIO.write(painter.paint(shape, 5, i), "png", file.toFile());
        }
        return classFolder;
    }

    /** Writes a file with an image's name that is none. */
    public static Path writeBroken(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "this is text");
    }
}
