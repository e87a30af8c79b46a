package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.JsonNode.JsonArray;
import dev.vitrail.zoo.config.JsonNode.JsonObject;
import dev.vitrail.zoo.config.JsonNode.JsonString;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code labels}: a list of names, {@code {"file": …}} or {@code {"count": …}}. */
final class LabelsReader {

    private static final String FORMS =
            "a list of names, {\"file\": \"labels.txt\"} or {\"count\": 1000}";
    private static final long MAXIMUM_FILE_BYTES = 64 << 20;

    private final Section root;
    private final Path folder;
    private final Problems problems;

    private LabelsReader(Section root, Path folder, Problems problems) {
        this.root = root;
        this.folder = folder;
        this.problems = problems;
    }

    /** The labels, or null where they have problems, which are noted then. */
    static Labels read(Section root, Path folder, Problems problems, List<String> knownPaths) {
        return new LabelsReader(root, folder, problems).read(knownPaths);
    }

    private Labels read(List<String> knownPaths) {
        JsonNode node = root.node("labels");
        if (node instanceof JsonArray array) {
            return listed(array);
        }
        if (node instanceof JsonObject object) {
            return described(new Section(object, "labels", problems), knownPaths);
        }
        if (node == null) { // so that the keys are known
            described(
                    new Section(
                            new JsonObject(root.at("labels"), List.of()), "labels", new Problems()),
                    knownPaths);
        }
        root.refuse("labels", FORMS);
        return null;
    }

    private Labels described(Section section, List<String> knownPaths) {
        String file =
                section.has("count") ? section.string("file", "") : section.string("file", null);
        Integer count = section.integer("count", 1, Labels.MAXIMUM, 0);
        section.refuseUnknownKeys();
        knownPaths.addAll(section.knownPaths());
        if (file == null || count == null) {
            return null;
        }
        if (file.isEmpty()) {
            return new Labels.Counted(count);
        }
        List<String> names = lines(section, file);
        if (names == null) {
            return null;
        }
        if (count != 0 && count != names.size()) {
            section.refuse("count", names.size() + ", the number of lines of " + file);
            return null;
        }
        return new Labels.FromFile(file, names);
    }

    private Labels listed(JsonArray array) {
        int before = problems.count();
        Map<String, Integer> firstIndex = new HashMap<>();
        for (int i = 0; i < array.elements().size(); i++) {
            JsonNode element = array.elements().get(i);
            String path = "labels[" + i + "]";
            if (!(element instanceof JsonString string) || string.text().isBlank()) {
                problems.add(
                        path,
                        element.at(),
                        path + " is " + element.shown() + ", must be a string that is not blank");
                continue;
            }
            Integer first = firstIndex.putIfAbsent(string.text(), i);
            if (first != null) {
                problems.add(
                        path,
                        element.at(),
                        path
                                + " is "
                                + element.shown()
                                + ", as is labels["
                                + first
                                + "];"
                                + " labels must differ");
            }
        }
        if (array.elements().isEmpty() || array.elements().size() > Labels.MAXIMUM) {
            problems.add(
                    "labels",
                    array.at(),
                    "labels has "
                            + array.elements().size()
                            + " names, must have 1 to "
                            + Labels.MAXIMUM);
        }
        return problems.count() > before
                ? null
                : Labels.of(array.elements().stream().map(e -> ((JsonString) e).text()).toList());
    }

    private List<String> lines(Section section, String file) {
        Path path = folder.resolve(file);
        List<String> lines;
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > MAXIMUM_FILE_BYTES) {
                section.refuse("file", "a text file, " + path + " is none");
                return null;
            }
            lines = Files.readAllLines(path);
        } catch (CharacterCodingException e) {
            section.refuse("file", "a file in UTF-8, " + path + " is not");
            return null;
        } catch (IOException e) {
            section.refuse("file", "a readable file, " + path + " is not");
            return null;
        }
        Map<String, Integer> firstLine = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Integer first = firstLine.putIfAbsent(lines.get(i), i + 1);
            if (lines.get(i).isBlank() || first != null) {
                section.refuse(
                        "file",
                        String.format(
                                "a file of different names, line %d of %s is %s",
                                i + 1,
                                path,
                                lines.get(i).isBlank() ? "blank" : "the same as line " + first));
                return null;
            }
        }
        if (lines.isEmpty() || lines.size() > Labels.MAXIMUM) {
            section.refuse("file", "a file of 1 to " + Labels.MAXIMUM + " lines");
            return null;
        }
        return lines;
    }
}
