package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Files that appear under their name only when they are whole and on the disk: written beside it
 * under another name, forced, renamed over it, and the folder forced. Whatever happens on the way,
 * what stood there before stays as it was.
 */
public final class AtomicFile {

    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Pattern UNFINISHED = Pattern.compile("\\.(.+)\\.\\d+-\\d+\\.tmp");

    private AtomicFile() {}

    /** What is to be written. */
    @FunctionalInterface
    interface Content {

        /** Appends all of it to an empty file. */
        void writeTo(BlockFile file) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @param target its final name, in a folder that exists
     * @param expectedBytes about how large it will be
     * @param content what it holds
     * @throws IOException if it cannot be written; nothing is left behind
     */
    static void write(Path target, long expectedBytes, Content content) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        Path temporary =
                folder.resolve(
                        String.format(
                                ".%s.%d-%d.tmp",
                                target.getFileName(),
                                ProcessHandle.current().pid(),
                                COUNTER.incrementAndGet()));
        try {
            try (BlockFile file = BlockFile.create(temporary, expectedBytes)) {
                content.writeTo(file);
                file.finish();
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        force(folder);
    }

    /**
     * Writes a text file in UTF-8.
     *
     * @param target its final name, in a folder that exists
     * @param text what it holds
     * @throws IOException if it cannot be written; nothing is left behind
     */
    public static void write(Path target, String text) throws IOException {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes bytes, such as a picture's.
     *
     * @param target its final name, in a folder that exists
     * @param bytes what it holds
     * @throws IOException if it cannot be written; nothing is left behind
     */
    public static void write(Path target, byte[] bytes) throws IOException {
        write(target, bytes.length, file -> file.append(ByteBuffer.wrap(bytes)));
    }

    /**
     * Finds what a process that ended while it wrote left beside a file. Where others may be
     * writing, it may be theirs.
     *
     * @param folder where to look; nothing is found in one that does not exist
     * @param targets which final names are looked at
     * @return the files that never got them
     * @throws IOException if the folder cannot be listed
     */
    public static List<Path> unfinished(Path folder, Predicate<String> targets) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> {
                                Matcher name = UNFINISHED.matcher(file.getFileName().toString());
                                return name.matches() && targets.test(name.group(1));
                            })
                    .toList();
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no folder; its file system keeps the rename without this.
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                throw e;
            }
        }
    }
}
