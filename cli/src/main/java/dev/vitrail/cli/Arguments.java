package dev.vitrail.cli;

import dev.vitrail.imaging.SystemReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of what is given on the command line, made before any work starts. */
final class Arguments {
    private static final Pattern EDGES =
            Pattern.compile("([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?");

    private Arguments() {}

    /** A number of at least 1; 0 stands for {@code auto}. */
    static int countOrAuto(String option, String value) {
        if (value.equalsIgnoreCase("auto")) {
            return 0;
        }
        if (!value.matches("0{0,5}[1-9][0-9]{0,5}")) {
            throw Failure.wrongUse(
                    option + " is " + value + ", must be auto or a whole number from 1 to 999999");
        }
        return Integer.parseInt(value);
    }

    /** A file that is there. */
    static Path existingFile(String option, Path path) {
        existing(option, path);
        if (Files.isDirectory(path)) {
            throw Failure.wrongUse(option + " " + path + ": is a folder, a file is expected");
        }
        return path;
    }

    /** A folder that is there. */
    static Path existingFolder(String option, Path path) {
        existing(option, path);
        if (!Files.isDirectory(path)) {
            throw Failure.wrongUse(option + " " + path + ": is a file, a folder is expected");
        }
        return path;
    }

    /** Pictures that are there: a folder, or a CSV file that names them. */
    static Path pictures(String option, Path path) {
        existing(option, path);
        boolean isCsv = path.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        if (!Files.isDirectory(path) && !isCsv) {
            throw Failure.wrongUse(
                    option
                            + " "
                            + path
                            + ": is a file; a folder, or a CSV file of paths and labels whose name"
                            + " ends in .csv, is expected");
        }
        return path;
    }

    /** A file or folder that is there. */
    static Path existing(String option, Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw Failure.wrongUse(option + " " + path + ": no such file or folder");
        }
        return path;
    }

    /** A file that can be made: its folder is there and writable, and nothing is in its place. */
    static Path newFile(String option, Path path, boolean overwrite) {
        if (Files.isDirectory(path)) {
            throw Failure.wrongUse(option + " " + path + ": is a folder, a file name is expected");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !overwrite) {
            throw Failure.wrongUse(
                    option + " " + path + ": exists already; name another file or add --overwrite");
        }
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Failure.wrongUse(
                    option + " " + path + ": its folder " + folder + " does not exist; make it");
        }
        if (!Files.isWritable(folder)) {
            throw Failure.failed(
                    option + " " + path + ": its folder " + folder + " cannot be written to");
        }
        return path;
    }

    /** A file whose name is that of a page. */
    static Path html(String option, Path path) {
        if (!path.toString().toLowerCase(Locale.ROOT).matches(".*\\.html?")) {
            throw Failure.wrongUse(option + " " + path + ": must end in .html");
        }
        return path;
    }

    /** A folder that can be made or filled: absent, or there and empty. */
    static Path newFolder(String option, Path path) {
        return newFolder(option, path, "exists and is not empty");
    }

    /** The same, with what is said of a folder that holds something. */
    static Path newFolder(String option, Path path, String problem) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isDirectory(path)) {
                throw Failure.wrongUse(
                        option + " " + path + ": is a file, a folder name is expected");
            }
            List<String> contents = contents(path);
            if (!contents.isEmpty()) {
                throw Failure.wrongUse(
                        String.format(
                                "%s %s: %s (it holds %s%s); name another folder or remove it",
                                option,
                                path,
                                problem,
                                String.join(
                                        ", ", contents.subList(0, Math.min(3, contents.size()))),
                                contents.size() > 3 ? ", ..." : ""));
            }
        }
        Path parent = path.toAbsolutePath().normalize();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        if (parent == null || !Files.isWritable(parent)) {
            throw Failure.failed(
                    option + " " + path + ": cannot be made, " + parent + " cannot be written to");
        }
        return path;
    }

    /** Height and width, from one number or two with an x between them. */
    static List<Integer> edges(String option, String given) {
        Matcher matcher = EDGES.matcher(given);
        if (!matcher.matches()) {
            throw Failure.wrongUse(option + " is " + given + ", must be such as 384 or 384x256");
        }
        int height = Integer.parseInt(matcher.group(1));
        int width = matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2));
        return List.of(height, width);
    }

    /** Refuses to replace what is read: a file or folder, or one that holds it. */
    static void notTheInput(String option, Path out, Path input) {
        try {
            if (Files.exists(out) && input.toRealPath().startsWith(out.toRealPath())) {
                throw Failure.wrongUse(
                        option + " " + out + ": is also the input, or holds it; name another");
            }
        } catch (IOException e) {
            throw Failure.wrongUse(option + " " + out + ": cannot be looked at");
        }
    }

    /**
     * Refuses to write into a folder of pictures: what is drawn there would be pictures of the next
     * start.
     */
    static void notAmong(String option, Path out, String other, Path pictures) {
        try {
            if (pictures != null
                    && (absolute(out).startsWith(absolute(pictures))
                            || absolute(out).startsWith(pictures.toRealPath()))) {
                throw Failure.wrongUse(
                        option
                                + " "
                                + out
                                + ": lies in "
                                + other
                                + " "
                                + pictures
                                + "; name another");
            }
        } catch (IOException e) {
            throw Failure.wrongUse(other + " " + pictures + ": cannot be looked at");
        }
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** Whether two paths are the same file; false where one is absent. */
    static boolean isSame(Path one, Path other) {
        try {
            return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }

    /** A path as a word of a command for a shell, in quotes where it needs them. */
    static String word(Path path) {
        String text = path.toString();
        return text.matches("[\\w./@%+=:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    static boolean isOnnx(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    private static List<String> contents(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw Failure.failed(folder + ": cannot be listed: " + SystemReason.of(e), e);
        }
    }
}
