package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The front door for somebody's weights: a file or a folder in, the reader for what is in it out. A
 * file is told by its content, whatever it is called; what cannot be read is refused with what to
 * do about it.
 */
public final class WeightsFile {

    private static final String SAFETENSORS = ".safetensors";
    private static final String INDEX = SAFETENSORS + ".index.json";
    private static final String NPZ = ".npz";

    /** Names a folder's listing may have; a folder of weights has a dozen. */
    private static final int MAXIMUM_LISTED = 10_000;

    private static final String WANTED = "a safetensors file, its index or an npz file";

    private WeightsFile() {}

    /**
     * Opens weights.
     *
     * <p>Of a folder, the first of these is taken: {@code model.safetensors}, {@code
     * model.safetensors.index.json}, another index, another safetensors file, an npz file. Where
     * there are several of a kind, none is chosen.
     *
     * @param path a safetensors file, the index of several, an npz file, or a folder with one
     * @return the weights, to be closed
     * @throws WeightsException if there are none, or they are not sound or of a format that is not
     *     read
     */
    public static Weights open(Path path) {
        return Files.isDirectory(path) ? openFolder(path) : openFile(path);
    }

    private static Weights openFile(Path path) {
        FileSample sample;
        boolean safetensors;
        try (SourceFile file = SourceFile.open(path, WANTED)) {
            sample = FileSample.of(file);
            safetensors = SafetensorsFile.looksRight(file);
            if (!safetensors && !ForeignFormat.isZip(sample) && !isObject(sample)) {
                ForeignFormat.refuse(file, WANTED);
            }
        }
        if (safetensors) {
            return SafetensorsFile.open(path);
        }
        if (ForeignFormat.isZip(sample)) {
            return NpzFile.open(path);
        }
        if (isObject(sample)) {
            return ShardedSafetensors.open(path);
        }
        // Damaged, or none of these: the reader of its name says what is wrong with it.
        String name = name(path).toLowerCase(Locale.ROOT);
        if (name.endsWith(NPZ)) {
            return NpzFile.open(path);
        }
        if (name.endsWith(SAFETENSORS)) {
            return SafetensorsFile.open(path);
        }
        throw new WeightsException(path, "is of no format known here, must be " + WANTED);
    }

    private static boolean isObject(FileSample sample) {
        return sample.head().stripLeading().startsWith("{");
    }

    private static Weights openFolder(Path folder) {
        List<Path> files = files(folder);
        List<Predicate<String>> choices =
                List.of(
                        ("model" + SAFETENSORS)::equals,
                        ("model" + INDEX)::equals,
                        name -> name.endsWith(INDEX),
                        name -> name.endsWith(SAFETENSORS),
                        name -> name.endsWith(NPZ));
        for (Predicate<String> choice : choices) {
            List<Path> found = files.stream().filter(file -> choice.test(name(file))).toList();
            if (found.size() > 1) {
                throw new WeightsException(
                        folder,
                        found.stream()
                                .map(WeightsFile::name)
                                .collect(
                                        Collectors.joining(
                                                ", ", "holds more than one: ", "; name one")));
            }
            if (found.size() == 1) {
                return openFile(found.get(0));
            }
        }
        throw nothing(folder, files);
    }

    /** With the advice for what is there instead, if that is known. */
    private static WeightsException nothing(Path folder, List<Path> files) {
        EnumMap<ForeignFormat, Path> foreign = new EnumMap<>(ForeignFormat.class);
        for (Path path : files) {
            try (SourceFile file = SourceFile.open(path, WANTED)) {
                ForeignFormat.recognise(file, FileSample.of(file))
                        .ifPresent(format -> foreign.putIfAbsent(format, path));
            } catch (WeightsException e) {
                continue; // it cannot be read, and nobody has asked for it
            }
        }
        if (files.stream().anyMatch(file -> name(file).equals("manifest.ocdbt"))) {
            return new WeightsException(
                    folder,
                    "is an Orbax checkpoint, which is not read here; restore it with JAX and save"
                            + " its arrays with numpy.savez, names joined by \"/\"");
        }
        Path snapshots = folder.resolve("snapshots");
        if (foreign.isEmpty() && Files.isDirectory(snapshots)) {
            return new WeightsException(
                    folder,
                    "is a model in the cache of Hugging Face's client; name the snapshot in it, "
                            + first(snapshots));
        }
        return foreign.entrySet().stream()
                .findFirst()
                .map(first -> first.getKey().refused(first.getValue()))
                .orElseGet(
                        () ->
                                new WeightsException(
                                        folder,
                                        "holds no weights, must have model.safetensors,"
                                                + " model.safetensors.index.json with its files, or"
                                                + " one .safetensors or .npz file"));
    }

    /** The first folder in one, or any if there is none. */
    private static Path first(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).sorted().findFirst().orElse(folder);
        } catch (IOException e) {
            throw WeightsException.of(folder, "cannot be listed", e);
        }
    }

    private static List<Path> files(Path folder) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path entry : entries) {
                if (files.size() == MAXIMUM_LISTED) {
                    throw new WeightsException(
                            folder,
                            "holds more than "
                                    + MAXIMUM_LISTED
                                    + " files; name the file of weights itself");
                }
                files.add(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw WeightsException.of(folder, "cannot be listed", e.getCause());
        } catch (IOException e) {
            throw WeightsException.of(folder, "cannot be listed", e);
        }
        Collections.sort(files);
        return files;
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
