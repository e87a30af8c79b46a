package dev.vitrail.runtime;

import dev.vitrail.imaging.ImageDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

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
 * <p>Folders are listed by a thread of its own while the first images are classified already, so
 * their {@linkplain #size number} is known only later. Paths are kept as {@link Path}s, since a
 * name with bytes that are no text does not survive being a string: about 120 bytes for each.
 */
public final class ImageFiles {
    private final Path base;
    private final List<Path> paths = new ArrayList<>();
    private final List<String> namesAsGiven;
    private final List<Path> skippedLinks = new ArrayList<>();
    private final MessageDigest digest = WeightsHash.sha256();
    private String hash;
    private Throwable problem;
    private final List<Growth> watching = new ArrayList<>();

    /** Is told of files that were found. */
    interface Growth {
        /**
         * More files are known.
         *
         * @param found how many in all
         * @param all whether these are all, or the others cannot be found
         */
        void grown(int found, boolean all);
    }

    private ImageFiles(Path base, List<String> namesAsGiven) {
        this.base = base;
        this.namesAsGiven = namesAsGiven;
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
        ImageFiles files = new ImageFiles(oneFolder ? arguments.get(0) : null, null);
        if (oneFolder) {
            refuseClosed(files.base);
        }
        List<Path> walked = List.copyOf(arguments);
        Thread thread = new Thread(() -> files.walk(walked), "vitrail-list");
        thread.setDaemon(true);
        thread.start();
        return files;
    }

    /** Here, before a model is loaded; a folder inside is a row instead. */
    private static void refuseClosed(Path folder) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            children.iterator();
        } catch (IOException e) {
            throw new RuntimeFailure(folder + ": this folder cannot be listed; may it be read?", e);
        }
    }

    private void walk(List<Path> arguments) {
        try {
            if (overlap(arguments)) {
                List<Path> found = new ArrayList<>();
                new ImageWalk(base, found::add, this::skip).walk(arguments);
                found.stream().sorted().distinct().forEach(this::add);
            } else {
                new ImageWalk(base, this::add, this::skip).walk(arguments);
            }
            end(null);
        } catch (Throwable e) {
            // Whoever waits for the files is told, out of memory included.
            end(e);
        }
    }

    /** Whether the paths in one argument may lie among or before those of another. */
    private static boolean overlap(List<Path> arguments) {
        List<Path> sorted = arguments.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).toString().isEmpty()
                    || isInside(sorted.get(i), sorted.subList(0, i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInside(Path path, List<Path> others) {
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            if (Collections.binarySearch(others, parent) >= 0) {
                return true;
            }
        }
        return false;
    }

    private synchronized void skip(Path link) {
        skippedLinks.add(link);
    }

    private void add(Path path) {
        String name = isListed() ? namesAsGiven.get(paths.size()) : PathName.of(path);
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        synchronized (this) {
            paths.add(path);
            watching.forEach(growth -> growth.grown(paths.size(), false));
            notifyAll();
        }
    }

    private synchronized void end(Throwable why) {
        problem = why;
        hash = HexFormat.of().formatHex(digest.digest());
        watching.forEach(growth -> growth.grown(paths.size(), true));
        watching.clear();
        notifyAll();
    }

    /**
     * Takes the files that a list names, one a line, in its order and as often as it names them.
     *
     * <p>Relative paths start at the process's working folder. Nothing is looked up: a file that is
     * missing, or is a folder, becomes an error row when its turn comes.
     *
     * @param list UTF-8, but for names of files that are there and are no text; a carriage return
     *     at the end of a line, empty lines and a byte order mark are no part of a path. It is read
     *     to its end and not closed
     * @param name what messages call the list
     * @param nullSeparated whether NUL bytes, and not line feeds, end the paths, as {@code find
     *     -print0} writes them
     * @return the files, possibly none; their {@linkplain #name names} are as the list has them,
     *     with escapes where they are no text
     * @throws RuntimeFailure if the list cannot be read, or an entry is no path, or neither UTF-8
     *     nor the bytes of a file's name
     */
    public static ImageFiles listed(InputStream list, String name, boolean nullSeparated) {
        ImageList read = ImageList.read(list, name, nullSeparated);
        ImageFiles files = new ImageFiles(null, List.copyOf(read.names()));
        // A folder's names start at that folder, a list's at the working folder.
        files.digest.update("listed\0".getBytes(StandardCharsets.UTF_8));
        read.paths().forEach(files::add);
        files.end(null);
        return files;
    }

    /**
     * The number of paths. Waits until all folders are listed.
     *
     * @return how many rows a run over them has
     * @throws RuntimeFailure if the folder cannot be listed to its end
     */
    public int size() {
        awaitAll();
        return found();
    }

    /**
     * Whether there is no image. Waits until the first is found, or none.
     *
     * @return whether a run over them has no row
     * @throws RuntimeFailure if the folder cannot be listed
     */
    public boolean isEmpty() {
        return !hasMoreThan(0);
    }

    /**
     * Whether there are more images than a number. Waits until so many are found, or all.
     *
     * @param count the number
     * @return whether a run over them has more rows
     * @throws RuntimeFailure if the folder cannot be listed that far
     */
    public boolean hasMoreThan(int count) {
        await(count + 1);
        return found() > count;
    }

    /**
     * The number of paths known so far, which grows while folders are listed.
     *
     * @return how many there are at least
     */
    public synchronized int found() {
        return paths.size();
    }

    /** Whether {@link #found} is all. */
    synchronized boolean areAllFound() {
        return hash != null;
    }

    /** A hash over the names in order, and whether a list gave them. Waits for all of them. */
    String hash() {
        awaitAll();
        synchronized (this) {
            return hash;
        }
    }

    private void awaitAll() {
        await(Integer.MAX_VALUE);
    }

    private synchronized void await(int count) {
        boolean interrupted = false;
        while (paths.size() < count && hash == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (paths.size() >= count) {
            return;
        }
        if (problem instanceof RuntimeException e) {
            throw e;
        } else if (problem instanceof Error e) {
            throw e;
        }
    }

    /** Tells of the files that are known, and from now on of every other one. */
    synchronized void watch(Growth growth) {
        if (hash == null) {
            watching.add(growth);
        }
        growth.grown(paths.size(), hash != null);
    }

    /** Tells no more. */
    synchronized void unwatch(Growth growth) {
        watching.remove(growth);
    }

    /**
     * A path that can be opened. Waits until it is found.
     *
     * @param index its place in the order, from 0
     * @return the path
     * @throws IndexOutOfBoundsException if there are not so many
     * @throws RuntimeFailure if the folder cannot be listed that far
     */
    public synchronized Path path(int index) {
        await(index + 1);
        return base == null ? paths.get(index) : base.resolve(paths.get(index));
    }

    /**
     * The path as result rows have it: relative to the folder given, with {@code /}; or as listed.
     * Waits until the path is found.
     *
     * <p>A name with bytes that are no UTF-8, or on Windows with half a surrogate pair, is still
     * told apart and can be turned back: each such byte is written as {@code //} and two
     * hexadecimal digits, such a half as {@code //u} and four. No real path holds {@code //}.
     *
     * @param index its place in the order, from 0
     * @return the name
     * @throws IndexOutOfBoundsException if there are not so many
     * @throws RuntimeFailure if the folder cannot be listed that far
     */
    public synchronized String name(int index) {
        await(index + 1);
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
     * @return those met so far; all of them once {@link #size} has returned
     */
    public synchronized List<Path> skippedLinks() {
        return List.copyOf(skippedLinks);
    }
}
