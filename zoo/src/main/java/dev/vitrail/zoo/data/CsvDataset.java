package dev.vitrail.zoo.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Pictures named by a file of comma-separated values (RFC 4180, UTF-8): a column of paths, from the
 * file's own folder unless they are absolute, and one of labels. The first line names the columns,
 * in any order and among any others; without it the first column is the path and the second the
 * label.
 */
final class CsvDataset {

    private static final Set<String> PATHS =
            Set.of("path", "file", "filename", "file_name", "filepath", "image", "image_path");

    private static final Set<String> LABELS = Set.of("label", "class", "class_name", "target");

    private static final String EXPECTED =
            "; expected a first line with the columns path and label, such as \"path,label\"";

    /** A picture and what it shows; the label is empty where it is not looked at. */
    private record Row(long line, Path path, String label) {}

    private final Path file;
    private final List<Row> rows;

    private CsvDataset(Path file, List<Row> rows) {
        this.file = file;
        this.rows = rows;
    }

    /** The folder that paths begin in. */
    static Path root(Path file) {
        Path folder = file.getParent();
        return folder == null ? file.getFileSystem().getPath("") : folder;
    }

    /**
     * Reads a file.
     *
     * @param isLabelled whether labels are looked at
     * @throws ZooException naming the line, if it is no such file or names a picture that is not
     *     there, or one twice
     */
    static CsvDataset read(Path file, boolean isLabelled) {
        // The decoder would put question marks for what is no UTF-8.
        String text = text(file);
        List<Row> rows = new ArrayList<>();
        try (MappingIterator<String[]> lines =
                new CsvMapper()
                        .enable(CsvParser.Feature.WRAP_AS_ARRAY)
                        .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
                        .readerFor(String[].class)
                        .readValues(text)) {
            Columns columns = null;
            while (true) {
                long line = lines.getCurrentLocation().getLineNr();
                if (!lines.hasNextValue()) {
                    break;
                }
                String[] fields = lines.nextValue();
                if (columns == null) {
                    columns = Columns.of(file, fields, isLabelled);
                    if (columns.isNamed) {
                        continue;
                    }
                }
                rows.add(columns.row(file, line, fields));
            }
        } catch (JsonProcessingException e) {
            throw new ZooException(
                    file + ": line " + e.getLocation().getLineNr() + ": is not CSV: " + problem(e),
                    e);
        } catch (IOException e) {
            throw new ZooException(file + ": cannot be read (" + ZooException.reason(e) + ")", e);
        }
        if (rows.isEmpty()) {
            throw new ZooException(file + ": names no picture" + EXPECTED);
        }
        refuseRepeated(file, rows);
        refuseAbsent(file, rows);
        return new CsvDataset(file, rows);
    }

    /** The parser's words are about the characters that it was told to expect. */
    private static String problem(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return "a field has more characters than any path or label";
        }
        return e.getOriginalMessage().contains("closing quote")
                ? "a field that begins with a double quote has none at its end"
                : "behind the closing double quote of a field there must be a comma or the end of"
                        + " the line; a double quote within is written twice";
    }

    private static String text(Path file) {
        try {
            String text = Files.readString(file);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ZooException(
                    file + ": is not text in UTF-8; a CSV file of paths and labels is expected", e);
        } catch (IOException e) {
            throw new ZooException(file + ": cannot be read (" + ZooException.reason(e) + ")", e);
        }
    }

    /** Which fields are looked at; the label's is negative where it is not. */
    private record Columns(boolean isNamed, int path, int label) {

        static Columns of(Path file, String[] first, boolean isLabelled) {
            List<String> names =
                    Arrays.stream(first)
                            .map(name -> name.strip().toLowerCase(Locale.ROOT))
                            .toList();
            int path = only(file, names, PATHS);
            int label = isLabelled ? only(file, names, LABELS) : -1;
            if (path >= 0 && (label >= 0 || !isLabelled)) {
                return new Columns(true, path, label);
            }
            boolean isPicture = ImageDecoder.hasExtension(Path.of("0" + first[0].strip()));
            if (path < 0 && label < 0 && isPicture && (first.length == 2 || !isLabelled)) {
                return new Columns(false, 0, isLabelled ? 1 : -1);
            }
            throw new ZooException(
                    file + ": line 1: has the columns " + String.join(", ", first) + EXPECTED);
        }

        private static int only(Path file, List<String> names, Set<String> known) {
            int found = -1;
            for (int i = 0; i < names.size(); i++) {
                if (known.contains(names.get(i))) {
                    if (found >= 0) {
                        throw new ZooException(
                                file
                                        + ": line 1: has both a column \""
                                        + names.get(found)
                                        + "\" and \""
                                        + names.get(i)
                                        + "\"; one of them is expected");
                    }
                    found = i;
                }
            }
            return found;
        }

        Row row(Path file, long line, String[] fields) {
            int least = Math.max(path, label) + 1;
            if (fields.length < least) {
                throw new ZooException(
                        file
                                + ": line "
                                + line
                                + ": has "
                                + fields.length
                                + (fields.length == 1 ? " field" : " fields")
                                + ", must have at least "
                                + least);
            }
            String label = this.label < 0 ? "" : fields[this.label].strip();
            if (fields[path].isBlank() || this.label >= 0 && label.isEmpty()) {
                throw new ZooException(
                        file
                                + ": line "
                                + line
                                + ": has no "
                                + (fields[path].isBlank() ? "path" : "label"));
            }
            try {
                return new Row(line, root(file).resolve(fields[path]), label);
            } catch (InvalidPathException e) {
                throw new ZooException(
                        file + ": line " + line + ": \"" + fields[path] + "\" is no path", e);
            }
        }
    }

    private static void refuseRepeated(Path file, List<Row> rows) {
        Map<Path, Row> seen = new HashMap<>();
        for (Row row : rows) {
            Row earlier = seen.put(row.path.normalize(), row);
            if (earlier != null) {
                throw new ZooException(
                        file
                                + ": line "
                                + row.line
                                + ": "
                                + row.path
                                + " is in line "
                                + earlier.line
                                + " already"
                                + (row.label.equals(earlier.label)
                                        ? ""
                                        : " as \"" + earlier.label + '"')
                                + "; a picture is named once");
            }
        }
    }

    private static void refuseAbsent(Path file, List<Row> rows) {
        List<Row> absent = rows.stream().filter(row -> !Files.isRegularFile(row.path)).toList();
        if (!absent.isEmpty()) {
            Row first = absent.get(0);
            throw new ZooException(
                    file
                            + ": line "
                            + first.line
                            + ": "
                            + first.path
                            + (Files.isDirectory(first.path) ? ": is a folder" : ": no such file")
                            + (absent.size() == 1
                                    ? ""
                                    : ", and " + (absent.size() - 1) + " more lines like it")
                            + "; paths begin in the folder of the CSV file");
        }
    }

    List<String> classNames() {
        return rows.stream().map(Row::label).distinct().sorted(CodePointOrder.INSTANCE).toList();
    }

    /** Class by class, in the order of their paths: the order of the lines changes nothing. */
    List<LabelledImage> images(List<String> classes) {
        Map<String, Integer> labels = new HashMap<>();
        for (int i = 0; i < classes.size(); i++) {
            labels.put(classes.get(i), i);
        }
        for (Row row : rows) {
            if (!labels.containsKey(row.label)) {
                throw new ZooException(
                        file
                                + ": line "
                                + row.line
                                + ": label \""
                                + row.label
                                + "\" is not among the "
                                + classes.size()
                                + " classes that the model knows: "
                                + ImageFolder.quoted(classes));
            }
        }
        return rows.stream()
                .map(row -> new LabelledImage(row.path, labels.get(row.label)))
                .sorted(
                        Comparator.comparingInt(LabelledImage::label)
                                .thenComparing(
                                        image -> image.path().toString().replace('\\', '/'),
                                        CodePointOrder.INSTANCE))
                .toList();
    }
}
