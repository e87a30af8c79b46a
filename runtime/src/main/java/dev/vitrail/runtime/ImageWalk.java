package dev.vitrail.runtime;

import dev.vitrail.imaging.ImageDecoder;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Walks folders and hands out the images that it finds in order of path, each when it is found; the
 * rules are {@link ImageFiles}'.
 *
 * <p>A folder is listed whole, and its entries are put in order, and the system is asked what they
 * are, one by one as they are handed out: while that is done for a million files the first are
 * already classified. A folder's images lie behind entries that sort between its name and its name
 * with a separator ({@code a-1.jpg} is before {@code a/}), so a folder that was met waits until
 * these are through.
 */
final class ImageWalk {
    private final Path base;
    private final Consumer<Path> found;
    private final Consumer<Path> skippedLink;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Set<Object> entered = new HashSet<>();
    private final Set<Object> argumentFolders = new HashSet<>();
    private final List<Path> roots = new ArrayList<>();

    /**
     * Prepares a walk.
     *
     * @param base the one folder to walk, to which the paths found are relative; or null
     * @param found takes the paths
     * @param skippedLink takes links to folders that are not followed
     */
    ImageWalk(Path base, Consumer<Path> found, Consumer<Path> skippedLink) {
        this.base = base;
        this.found = found;
        this.skippedLink = skippedLink;
    }

    /** Walks arguments, none of which is inside another one, in order of path. */
    void walk(List<Path> arguments) {
        for (Path argument : arguments) {
            if (Files.isDirectory(argument)) {
                argumentFolders.add(identity(argument));
                addRoot(argument);
            }
        }
        levels.push(new Level(null, null, null, new PriorityQueue<>(new HashSet<>(arguments))));
        while (!levels.isEmpty()) {
            Level level = levels.peek();
            Level folder = level.nextFolder();
            if (folder != null) {
                levels.push(folder);
            } else if (!level.hasEntry()) {
                levels.pop();
            } else if (level.folder == null) {
                visitArgument(level, level.takeEntry());
            } else {
                visit(level, level.takeEntry());
            }
        }
    }

    private void visitArgument(Level level, Path argument) {
        if (!Files.isDirectory(argument)) {
            found.accept(argument);
        } else if (entered.add(identity(argument))) {
            list(level, argument, argument, argument.equals(base) ? null : argument);
        } else {
            skip(argument);
        }
    }

    private void visit(Level level, Path name) {
        if (isHidden(name)) {
            return;
        }
        Path child = level.folder.resolve(name);
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
            enter(level, name, child);
        } else if (kind != null && kind.isSymbolicLink() && Files.isDirectory(child)) {
            if (leadsToARealFolder(child)) {
                skippedLink.accept(child);
            } else {
                enter(level, name, child);
            }
        } else if (ImageDecoder.hasExtension(child)) {
            found.accept(level.shown(name));
        }
    }

    private void enter(Level level, Path name, Path folder) {
        Object identity = identity(folder);
        if (argumentFolders.contains(identity) || !entered.add(identity)) {
            skip(folder);
            return;
        }
        if (Files.isSymbolicLink(folder)) {
            addRoot(folder);
        }
        list(level, name, folder, level.shown(name));
    }

    private void skip(Path folder) {
        if (Files.isSymbolicLink(folder)) {
            skippedLink.accept(folder);
        }
    }

    /** Lists a folder, whose entries are handed out when their turn in its parent comes. */
    private void list(Level parent, Path name, Path folder, Path shown) {
        List<Path> names = new ArrayList<>();
        boolean whole = true;
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                names.add(child.getFileName());
            }
        } catch (IOException | DirectoryIteratorException e) {
            whole = false;
        }
        if (!whole && shown == null) {
            throw new RuntimeFailure(base + ": this folder cannot be listed; may it be read?");
        } else if (!whole) {
            found.accept(shown);
        }
        // All at once, which takes less than one by one.
        parent.folders.add(new Level(name, folder, shown, new PriorityQueue<>(names)));
    }

    /**
     * Whether a link leads into a tree that is walked anyway, so that it must not take the place of
     * the folder itself.
     */
    private boolean leadsToARealFolder(Path link) {
        try {
            Path target = link.toRealPath();
            return roots.stream().anyMatch(root -> isVisible(root, target));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isVisible(Path root, Path target) {
        if (!target.startsWith(root)) {
            return false;
        }
        for (int i = root.getNameCount(); i < target.getNameCount(); i++) {
            if (isHidden(target.getName(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHidden(Path name) {
        return name.toString().startsWith(".");
    }

    private void addRoot(Path folder) {
        try {
            roots.add(folder.toRealPath());
        } catch (IOException e) {
            // It has just vanished, so no link leads into it.
            return;
        }
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

    /** A listed folder, or the arguments: what of it is still to be handed out. */
    private static final class Level implements Comparable<Level> {
        private static final String ANY_CHILD = "-";

        private final Path folder;
        private final Path prefix;
        private final PriorityQueue<Path> entries;
        private final Path firstInside;
        private final PriorityQueue<Level> folders = new PriorityQueue<>();

        /**
         * A folder's entries.
         *
         * @param name what its parent calls it; null for the arguments
         * @param folder its path, null for the arguments
         * @param prefix what the paths found in it begin with, null for nothing
         * @param entries names, or whole arguments
         */
        Level(Path name, Path folder, Path prefix, PriorityQueue<Path> entries) {
            this.folder = folder;
            this.prefix = prefix;
            this.entries = entries;
            // No entry beside the folder holds this, so the separator decides which is first.
            this.firstInside = name == null ? null : name.resolve(ANY_CHILD);
        }

        Path shown(Path name) {
            return prefix == null ? name : prefix.resolve(name);
        }

        boolean hasEntry() {
            return !entries.isEmpty();
        }

        Path takeEntry() {
            return entries.remove();
        }

        /** The folder in this one that comes before the next entry, if there is one. */
        Level nextFolder() {
            Level first = folders.peek();
            boolean due =
                    first != null
                            && (!hasEntry() || first.firstInside.compareTo(entries.peek()) < 0);
            return due ? folders.poll() : null;
        }

        @Override
        public int compareTo(Level other) {
            return firstInside.compareTo(other.firstInside);
        }
    }
}
