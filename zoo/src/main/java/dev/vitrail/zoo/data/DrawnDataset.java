package dev.vitrail.zoo.data;

import dev.vitrail.zoo.ZooException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A folder of drawn pictures, one folder a class: what a first training run learns from where there
 * are no photos yet.
 *
 * @param shapes the classes
 * @param imagesPerClass pictures of each class
 * @param edge width and height of a picture, in pixels
 * @param seed another seed gives other pictures; the same seed gives the same
 */
public record DrawnDataset(List<DrawnShape> shapes, int imagesPerClass, int edge, long seed) {

    /**
     * Checks the values.
     *
     * @param shapes the classes
     * @param imagesPerClass pictures of each class
     * @param edge width and height of a picture, in pixels
     * @param seed the seed
     */
    public DrawnDataset {
        shapes = List.copyOf(shapes);
        if (shapes.isEmpty() || imagesPerClass < 1) {
            throw new IllegalArgumentException("a drawn data set needs classes and pictures");
        }
    }

    /**
     * Draws the pictures. They are drawn beside the folder and moved there whole, so the folder
     * either holds all of them or does not exist.
     *
     * @param folder where the class folders will be; new or empty
     * @throws ZooException if the folder exists or cannot be written
     */
    public void write(Path folder) {
        Path target = folder.toAbsolutePath();
        Path parent = target.getParent();
        if (parent == null || Files.exists(target) && !isEmptyFolder(target)) {
            throw new ZooException(
                    folder + ": exists already; drawn pictures need a new or empty folder");
        }
        try {
            Files.deleteIfExists(target);
            Files.createDirectories(parent);
            // Not a temporary directory: that is readable by its owner alone, and stays so.
            Path partial =
                    Files.createDirectory(
                            parent.resolve(
                                    "."
                                            + target.getFileName()
                                            + "-"
                                            + ProcessHandle.current().pid()));
            try {
                for (DrawnShape shape : shapes) {
                    writeClass(shape, Files.createDirectory(partial.resolve(shape.label())));
                }
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteTree(partial);
            }
        } catch (FileAlreadyExistsException e) {
            throw new ZooException(folder + ": appeared while its pictures were drawn", e);
        } catch (UncheckedIOException e) {
            throw cannotWrite(folder, e.getCause());
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
    }

    private static ZooException cannotWrite(Path folder, IOException cause) {
        return new ZooException(
                folder + ": drawn pictures cannot be written (" + ZooException.reason(cause) + ")",
                cause);
    }

    private static boolean isEmptyFolder(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private void writeClass(DrawnShape shape, Path folder) {
        ShapePainter painter = new ShapePainter(edge);
        int digits = Math.max(4, Integer.toString(imagesPerClass - 1).length());
        IntStream.range(0, imagesPerClass)
                .parallel()
                .forEach(
                        index -> {
                            String name =
                                    String.format(Locale.ROOT, "%0" + digits + "d.png", index);
                            writePng(painter, shape, index, folder.resolve(name));
                        });
    }

    private void writePng(ShapePainter painter, DrawnShape shape, int index, Path file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(painter.paint(shape, seed, index), "png", stream);
            stream.flush();
            Files.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                            throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
