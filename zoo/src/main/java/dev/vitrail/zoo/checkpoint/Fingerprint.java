package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * A file that was read, so that it is known again.
 *
 * @param name without its folder
 * @param bytes its length
 * @param sha256 in lower-case hexadecimal digits
 */
record Fingerprint(String name, long bytes, String sha256) {

    private static final String SHARD = "*.safetensors";
    private static final int BUFFER = 1 << 20;

    /** The files of a checkpoint: weights, shards beside an index, and config files. */
    static List<Fingerprint> of(Source source) {
        List<Path> files = new ArrayList<>();
        Path weights = source.weights().origin();
        files.add(weights);
        if (weights.toString().endsWith(".json")) {
            files.addAll(shards(weights.toAbsolutePath().getParent()));
        }
        source.config().ifPresent(document -> files.add(document.file()));
        source.preprocessor().ifPresent(document -> files.add(document.file()));
        return files.stream().map(Fingerprint::of).toList();
    }

    private static List<Path> shards(Path folder) {
        List<Path> shards = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, SHARD)) {
            entries.forEach(shards::add);
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        Collections.sort(shards);
        return shards;
    }

    private static Fingerprint of(Path file) {
        try (InputStream input = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            long bytes = 0;
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                digest.update(buffer, 0, read);
                bytes += read;
            }
            return new Fingerprint(
                    file.getFileName().toString(),
                    bytes,
                    HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static CheckpointException unreadable(Path file, IOException e) {
        return new CheckpointException(file, "cannot be read (" + ZooException.reason(e) + ")", e);
    }
}
