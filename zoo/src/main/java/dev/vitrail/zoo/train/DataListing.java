package dev.vitrail.zoo.train;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.data.CsvLine;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The pictures of a training as CSV: path below the data's folder, class, {@code train} or {@code
 * val}, bytes. A training that goes on must find the same.
 *
 * @param lines without the header, in the order of the data
 */
public record DataListing(List<String> lines) {

    private static final String HEADER = "path,label,part,bytes";

    /**
     * Copies the lines.
     *
     * @param lines without the header, in the order of the data
     */
    public DataListing {
        lines = List.copyOf(lines);
    }

    /**
     * Lists what is there.
     *
     * @throws ZooException if a file is gone
     */
    static DataListing of(ImageFolder training, Optional<ImageFolder> validation) {
        List<String> lines = new ArrayList<>();
        add(lines, training, "train");
        validation.ifPresent(folder -> add(lines, folder, "val"));
        return new DataListing(lines);
    }

    private static void add(List<String> lines, ImageFolder folder, String part) {
        for (LabelledImage image : folder.images()) {
            String path = folder.pathBelow(image);
            try {
                lines.add(
                        CsvLine.of(
                                List.of(
                                        path,
                                        folder.classes().get(image.label()),
                                        part,
                                        Long.toString(Files.size(image.path())))));
            } catch (IOException e) {
                throw new ZooException(
                        image.path() + ": cannot be read (" + ZooException.reason(e) + ")", e);
            }
        }
    }

    /**
     * Reads a list.
     *
     * @param file as {@link #text} gives it
     * @return the list
     * @throws ZooException if it cannot be read
     */
    public static DataListing read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return new DataListing(lines.subList(Math.min(1, lines.size()), lines.size()));
        } catch (IOException e) {
            throw new ZooException(file + ": cannot be read (" + ZooException.reason(e) + ")", e);
        }
    }

    /**
     * Returns the file's content.
     *
     * @return a header and a line for each picture
     */
    public String text() {
        return HEADER + "\n" + String.join("\n", lines) + "\n";
    }

    /**
     * What has changed since.
     *
     * @param now what is there
     * @return how many lines came and went, with an example of each; empty if none did
     */
    public Optional<String> changeTo(DataListing now) {
        // A name with a line break is several lines of the file, of this list one.
        List<String> present = now.text().lines().skip(1).toList();
        if (lines.equals(present)) {
            return Optional.empty();
        }
        List<String> changes = new ArrayList<>();
        note(changes, "gone or changed", lines, present);
        note(changes, "new or changed", present, lines);
        return Optional.of(changes.isEmpty() ? "its order is another" : String.join("; ", changes));
    }

    private static void note(
            List<String> changes, String what, List<String> from, List<String> without) {
        Set<String> rest = new LinkedHashSet<>(from);
        without.forEach(rest::remove);
        if (!rest.isEmpty()) {
            changes.add(rest.size() + " " + what + ", such as \"" + rest.iterator().next() + '"');
        }
    }
}
