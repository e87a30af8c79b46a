package dev.vitrail.zoo.data;

import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;

/** What lies in a folder of class folders, in an order that no file system has a say in. */
final class ClassFolders {

    private ClassFolders() {}

    static List<String> classNames(Path root) {
        if (!Files.isDirectory(root)) {
            throw new ZooException(
                    root
                            + (Files.exists(root) ? ": is not a folder" : ": no such folder")
                            + "; expected a folder that holds one folder for each class");
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(entry -> !isHidden(entry) && Files.isDirectory(entry))
                    .map(entry -> entry.getFileName().toString())
                    .sorted(CodePointOrder.INSTANCE)
                    .toList();
        } catch (IOException e) {
            throw unreadable(root, e);
        }
    }

    static List<LabelledImage> images(Path root, List<String> classes) {
        List<LabelledImage> images = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            Path folder = root.resolve(classes.get(label));
            if (Files.isDirectory(folder)) {
                for (Path file : imagesBelow(folder)) {
                    images.add(new LabelledImage(file, label));
                }
            }
        }
        return images;
    }

    /** Pictures that lie beside the class folders, and so in no class. */
    static List<Path> besides(Path root) {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(
                            entry ->
                                    !isHidden(entry)
                                            && ImageDecoder.hasExtension(entry)
                                            && Files.isRegularFile(entry))
                    .sorted(Comparator.comparing(Path::toString, CodePointOrder.INSTANCE))
                    .toList();
        } catch (IOException e) {
            throw unreadable(root, e);
        }
    }

    private static List<Path> imagesBelow(Path folder) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    folder,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            return !directory.equals(folder) && isHidden(directory)
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()
                                    && !isHidden(file)
                                    && ImageDecoder.hasExtension(file)) {
                                files.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path path, IOException cause) {
                            // A link to a folder above it leads to nothing that is not listed.
                            boolean isLoop = cause instanceof FileSystemLoopException;
                            if (isLoop || !path.equals(folder) && isHidden(path)) {
                                return FileVisitResult.CONTINUE;
                            }
                            throw unreadable(path, cause);
                        }
                    });
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        files.sort(Comparator.comparing(file -> slashed(folder, file), CodePointOrder.INSTANCE));
        return Collections.unmodifiableList(files);
    }

    private static String slashed(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    /** By name on every system: hidden attributes do not travel with a copied data set. */
    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    static String extensions() {
        return String.join(", ", ImageDecoder.EXTENSIONS);
    }

    private static ZooException unreadable(Path folder, IOException cause) {
        return new ZooException(
                folder + ": cannot be listed (" + ZooException.reason(cause) + ")", cause);
    }
}
