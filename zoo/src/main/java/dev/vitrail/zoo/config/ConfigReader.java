package dev.vitrail.zoo.config;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.JsonNode.JsonObject;
import dev.vitrail.zoo.config.JsonNode.Location;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * JSON to {@link ModelConfig}.
 *
 * <p>Nothing is guessed: an unknown key, a number in quotes, {@code 224.0} for an integer, a key
 * given twice are refused. All problems of a file come in one {@link ConfigException}, in the order
 * of the file.
 */
public final class ConfigReader {

    /** Twenty thousand long labels fit; a file that is something else is not read whole. */
    private static final int MAXIMUM_BYTES = 4 << 20;

    private final Problems problems = new Problems();
    private final List<String> knownPaths = new ArrayList<>();
    private final Path folder;

    private ConfigReader(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a config file. A labels file that it names is looked for in the same folder.
     *
     * @param file the config
     * @return the config
     * @throws ConfigException naming everything that is wrong with it
     */
    public static ModelConfig read(Path file) {
        String json = content(file);
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        return new ConfigReader(file.toAbsolutePath().getParent())
                .config(json, file.toString(), name);
    }

    /**
     * Reads a config from text, such as an ONNX file's metadata.
     *
     * @param json the config
     * @param origin what messages call it
     * @param folder where a labels file that it names is looked for
     * @return the config
     * @throws ConfigException naming everything that is wrong with it
     */
    public static ModelConfig parse(String json, String origin, Path folder) {
        return new ConfigReader(folder).config(json, origin, "unnamed");
    }

    /**
     * Every key that a config may have, with its path, in the order in which they are asked for.
     */
    static List<String> knownPaths() {
        ConfigReader reader = new ConfigReader(Path.of(""));
        JsonObject empty = new JsonObject(new Location(1, 1), List.of());
        reader.root(new Section(empty, "", reader.problems), "");
        return reader.knownPaths;
    }

    private ModelConfig config(String json, String origin, String fallbackName) {
        JsonNode document = JsonTreeReader.read(json, problems);
        ModelConfig config = null;
        if (document instanceof JsonObject object) {
            config = root(new Section(object, "", problems), fallbackName);
        } else if (document != null) {
            problems.add("", document.at(), "is " + document.shown() + ", an object is expected");
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(origin, problems.sorted());
        }
        return config;
    }

    /** Null where there are problems. */
    private ModelConfig root(Section root, String fallbackName) {
        root.node("$schema"); // for editors
        String name = root.string("name", fallbackName);
        Labels labels = LabelsReader.read(root, folder, problems, knownPaths);
        Architecture model = model(root, labels == null ? 1 : labels.count());
        Section preprocessingSection = root.section("preprocessing", false);
        Preprocessing preprocessing =
                PreprocessingReader.read(preprocessingSection, model, this::close);
        TrainingConfig training = TrainingReader.read(root.section("training", false), this::close);
        boolean pretrains = root.has("pretraining");
        PretrainingConfig pretraining =
                PretrainingReader.read(
                        root.section("pretraining", false),
                        Optional.ofNullable(pretrains ? model : null),
                        this::close);
        close(root);
        return problems.isEmpty()
                ? new ModelConfig(
                        name,
                        model,
                        labels,
                        preprocessing,
                        training,
                        pretrains ? Optional.of(pretraining) : Optional.empty())
                : null;
    }

    private Architecture model(Section root, int classes) {
        Section section = root.section("model", true);
        if (section == null) { // said already; its keys need not be missed one by one
            JsonObject empty = new JsonObject(root.at("model"), List.of());
            section = new Section(empty, "model", new Problems());
        }
        Architecture model = ArchitectureReader.read(section, classes, this::close);
        close(section);
        return model;
    }

    /** Ends the reading of an object: what was not asked for is unknown. */
    private void close(Section section) {
        section.refuseUnknownKeys();
        knownPaths.addAll(section.knownPaths());
    }

    private static String content(Path file) {
        if (Files.isDirectory(file)) {
            throw unreadable(file, "is a folder, must be a config file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw unreadable(file, "is not a regular file");
        }
        byte[] bytes;
        try (InputStream input = Files.newInputStream(file)) {
            bytes = input.readNBytes(MAXIMUM_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "there is no such file");
        } catch (AccessDeniedException e) {
            throw unreadable(file, "permission to read it is denied");
        } catch (IOException e) {
            throw unreadable(file, "cannot be read (" + e.getMessage() + ")");
        }
        if (bytes.length > MAXIMUM_BYTES) {
            throw unreadable(file, "has more than " + MAXIMUM_BYTES + " bytes, which is the limit");
        }
        return decoded(file, bytes);
    }

    private static String decoded(Path file, byte[] bytes) {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            throw unreadable(file, "begins with a byte-order mark, must begin with {");
        }
        if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
            throw unreadable(file, "is UTF-16 with a byte-order mark, must be UTF-8");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw unreadable(file, "is not UTF-8 text");
        }
    }

    private static boolean startsWith(byte[] bytes, int... start) {
        if (bytes.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if ((bytes[i] & 0xFF) != start[i]) {
                return false;
            }
        }
        return true;
    }

    private static ConfigException unreadable(Path file, String message) {
        return new ConfigException(file.toString(), List.of(ConfigProblem.ofFile(message)));
    }
}
