package dev.vitrail.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** How {@link SortingWriter} puts an image into the folder of its class. */
public enum SortMode {
    /** A symbolic link to the image's absolute path. */
    LINK {
        @Override
        void place(Path image, Path target) throws IOException {
            Files.createSymbolicLink(target, image.toAbsolutePath());
        }

        @Override
        boolean isPlaced(Path image, Path target) throws IOException {
            return Files.isSymbolicLink(target)
                    && Files.readSymbolicLink(target).equals(image.toAbsolutePath());
        }
    },
    /** A copy with the image's time, which has its name only when it is whole. */
    COPY {
        @Override
        void place(Path image, Path target) throws IOException {
            Path copy = Files.createTempFile(target.getParent().getParent(), ".vitrail-", ".tmp");
            try {
                Files.copy(
                        image,
                        copy,
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
                // Not ATOMIC_MOVE, which replaces what may have come there meanwhile.
                Files.move(copy, target);
            } finally {
                WholeFile.deleteQuietly(copy);
            }
        }

        @Override
        boolean isPlaced(Path image, Path target) throws IOException {
            return Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                    && Files.mismatch(image, target) < 0;
        }
    };

    /** Puts an image under a name that is free; fails where it is not. */
    abstract void place(Path image, Path target) throws IOException;

    /** Whether what has this name is what {@link #place} would put there. */
    abstract boolean isPlaced(Path image, Path target) throws IOException;

    /**
     * Links where the file system has them and this process may make them, otherwise copies. Finds
     * out by making one.
     *
     * @param folder where the images are to be sorted into; it is there
     * @return the mode
     */
    public static SortMode of(Path folder) {
        Path probe = folder.resolve(".vitrail-link-" + ProcessHandle.current().pid());
        try {
            Files.createSymbolicLink(probe, Path.of("nowhere"));
            return LINK;
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            // Windows without the privilege, FAT, some network shares.
            return COPY;
        } finally {
            WholeFile.deleteQuietly(probe);
        }
    }
}
