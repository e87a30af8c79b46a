package dev.vitrail.runtime;

import dev.vitrail.imaging.ImageDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The image files of a run in one fixed order: {@linkplain #find found} by walking folders, or
 * {@linkplain #listed listed} by somebody else, whose order, names and doubles are kept.
 *
 * <p>Of those that are found:
 *
 * <ul>
 *   <li>Order: by path, compared byte by byte on Linux and macOS (as {@code LC_ALL=C sort} does),
 *       as the file system compares names elsewhere. Every path occurs once.
 *   <li>Found in a folder is every name with one of the {@link ImageDecoder#EXTENSIONS}, in any
 *       case, whatever it is: a pipe, a dangling link or a text file of such a name becomes an
 *       error row when it is read, so that nothing is lost silently. A folder of such a name is
 *       entered. A file that is itself an argument is taken whatever its name.
 *   <li>Names that begin with a dot are passed over, as shells do: thumbnails and the shadow files
 *       of other systems.
 *   <li>Links to files are followed. Links to folders are followed, in order of path, unless that
 *       folder was entered before; those are in {@link #skippedLinks()}. So loops end.
 *   <li>A folder that cannot be listed is in the list itself and becomes a row with code {@code
 *       unreadable}; the walk goes on.
 * </ul>
 *
 * <p>Paths are kept as {@link Path}s, since a name with bytes that are no text does not survive
 * being a string: about 120 bytes for each.
 */
public final class ImageFiles {
    private final Path base;
    private final List<Path> paths;
    private final List<String> namesAsGiven;
    private final List<Path> skippedLinks;

    private ImageFiles(
            Path base, List<Path> paths, List<String> namesAsGiven, List<Path> skippedLinks) {
        this.base = base;
        this.paths = paths;
        this.namesAsGiven = namesAsGiven;
        this.skippedLinks = skippedLinks;
    }

    /**
     * Finds the images of some arguments.
     *
     * @param arguments files and folders; a single folder gives paths relative to it, everything
     *     else paths that begin with the argument as given
     * @return the files found, possibly none
     * @throws RuntimeFailure if there is no argument or one does not exist
     */
    public static ImageFiles find(List<Path> arguments) {
        if (arguments.isEmpty()) {
            throw new RuntimeFailure("no image and no folder is given, at least one is needed");
        }
        for (Path argument : arguments) {
            if (!Files.exists(argument, LinkOption.NOFOLLOW_LINKS)) {
                throw new RuntimeFailure(argument + ": no such file or folder");
            }
        }
        boolean oneFolder = arguments.size() == 1 && Files.isDirectory(arguments.get(0));
        Path base = oneFolder ? arguments.get(0) : null;
        Walk walk = new Walk(base);
        arguments.stream().sorted().forEach(walk::start);
        walk.followLinks();
        return new ImageFiles(base, sortedOnce(walk.found), null, List.copyOf(walk.skippedLinks));
    }

    /**
     * Takes the files that a list names, one a line, in its order and as often as it names them.
     *
     * <p>Relative paths start at the process's working folder. Nothing is looked up: a file that is
     * missing, or is a folder, becomes an error row when its turn comes.
     *
     * @param list UTF-8; a carriage return at the end of a line, empty lines and a byte order mark
     *     are no part of a path. It is read to its end and not closed
     * @param name what messages call the list
     * @param nullSeparated whether NUL bytes, and not line feeds, end the paths, as {@code find
     *     -print0} writes them
     * @return the files, possibly none; their {@linkplain #name names} are as the list has them
     * @throws RuntimeFailure if the list cannot be read, or an entry is no UTF-8 or no path
     */
    public static ImageFiles listed(InputStream list, String name, boolean nullSeparated) {
        ImageList read = ImageList.read(list, name, nullSeparated);
        return new ImageFiles(
                null,
                Collections.unmodifiableList(read.paths()),
                Collections.unmodifiableList(read.names()),
                List.of());
    }

    private static List<Path> sortedOnce(List<Path> found) {
        Collections.sort(found);
        List<Path> once = new ArrayList<>(found.size());
        for (Path path : found) {
            if (once.isEmpty() || !once.get(once.size() - 1).equals(path)) {
                once.add(path);
            }
        }
        return Collections.unmodifiableList(once);
    }

    /**
     * The number of paths.
     *
     * @return how many rows a run over them has
     */
    public int size() {
        return paths.size();
    }

    /**
     * A path that can be opened.
     *
     * @param index its place in the order, from 0
     * @return the path
     */
    public Path path(int index) {
        return base == null ? paths.get(index) : base.resolve(paths.get(index));
    }

    /**
     * The path as result rows have it: relative to the folder given, with {@code /}; or as listed.
     *
     * <p>A name with bytes that are no UTF-8, or on Windows with half a surrogate pair, is still
     * told apart and can be turned back: each such byte is written as {@code //} and two
     * hexadecimal digits, such a half as {@code //u} and four. No real path holds {@code //}.
     *
     * @param index its place in the order, from 0
     * @return the name
     */
    public String name(int index) {
        return isListed() ? namesAsGiven.get(index) : PathName.of(paths.get(index));
    }

    /** Whether somebody named each file, so that a folder among them is a mistake. */
    boolean isListed() {
        return namesAsGiven != null;
    }

    /**
     * Links to folders that were not followed, because they lead to a folder that was entered by
     * another way: loops and doubles.
     *
     * @return the links
     */
    public List<Path> skippedLinks() {
        return skippedLinks;
    }

    /** One walk over all arguments. */
    private static final class Walk {
        final List<Path> found = new ArrayList<>();
        final List<Path> skippedLinks = new ArrayList<>();
        private final Path base;
        private final List<Path> links = new ArrayList<>();
        private final Set<Object> entered = new HashSet<>();

        Walk(Path base) {
            this.base = base;
        }

        void start(Path argument) {
            if (Files.isDirectory(argument)) {
                walk(argument);
            } else {
                found.add(argument);
            }
        }

        /** After all real folders, so that a link inside the tree never takes a folder's place. */
        void followLinks() {
            while (!links.isEmpty()) {
                List<Path> round = new ArrayList<>(links);
                links.clear();
                Collections.sort(round);
                for (Path link : round) {
                    walk(link);
                }
            }
        }

        /** Enters a folder, a real one or the target of a link, and all real folders below it. */
        private void walk(Path top) {
            Deque<Path> folders = new ArrayDeque<>(List.of(top));
            while (!folders.isEmpty()) {
                Path folder = folders.pop();
                if (entered.add(identity(folder))) {
                    list(folder, folders);
                } else if (Files.isSymbolicLink(folder)) {
                    skippedLinks.add(folder);
                }
            }
        }

        private void list(Path folder, Deque<Path> folders) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
                for (Path child : children) {
                    visit(child, folders);
                }
            } catch (IOException | DirectoryIteratorException e) {
                found.add(relative(folder));
            }
        }

        private void visit(Path child, Deque<Path> folders) {
            String name = child.getFileName().toString();
            if (name.startsWith(".")) {
                return;
            }
            BasicFileAttributes kind;
            try {
                kind =
                        Files.readAttributes(
                                child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            } catch (IOException e) {
                // It vanished since it was listed, or says nothing; reading it will tell.
                kind = null;
            }
            if (kind != null && kind.isDirectory()) {
                folders.push(child);
            } else if (kind != null && kind.isSymbolicLink() && Files.isDirectory(child)) {
                links.add(child);
            } else if (ImageDecoder.hasExtension(child)) {
                found.add(relative(child));
            }
        }

        private Path relative(Path path) {
            if (base == null) {
                return path;
            }
            if (path.equals(base)) {
                throw new RuntimeFailure(base + ": this folder cannot be listed; may it be read?");
            }
            return path.subpath(base.getNameCount(), path.getNameCount());
        }

        /** What two paths to the same folder have in common. */
        private static Object identity(Path folder) {
            try {
                Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
                return key == null ? folder.toRealPath() : key;
            } catch (IOException e) {
                return folder;
            }
        }
    }
}
