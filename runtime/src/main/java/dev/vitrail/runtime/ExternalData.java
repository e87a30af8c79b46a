package dev.vitrail.runtime;

import dev.vitrail.runtime.OnnxFile.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The rules for weights that lie in a file beside the ONNX file.
 *
 * <p>The name of that file comes out of the model and thus from whoever wrote it. It must be a
 * plain name of a regular file in the model's own folder, reached through no link of either kind: a
 * hard link or a name cut at a NUL passes ONNX Runtime 1.29's own check. See the advisories
 * CVE-2024-27318, CVE-2026-27489 and CVE-2026-34446 of the onnx package.
 */
final class ExternalData {
    private static final Set<String> KNOWN_KEYS =
            Set.of("location", "offset", "length", "checksum");

    private ExternalData() {}

    /** The place that a tensor's external data entries name. */
    static StoredTensor tensor(String name, Map<String, String> entries)
            throws WireReader.MalformedException {
        for (String key : entries.keySet()) {
            if (!KNOWN_KEYS.contains(key)) {
                throw new WireReader.MalformedException(
                        "the external data of tensor \"" + name + "\" has the unknown key " + key);
            }
        }
        return new StoredTensor(
                name,
                entries.getOrDefault("location", ""),
                number(name, "offset", entries.getOrDefault("offset", "0")),
                entries.containsKey("length")
                        ? number(name, "length", entries.get("length"))
                        : StoredTensor.TO_THE_END);
    }

    private static long number(String tensor, String key, String value)
            throws WireReader.MalformedException {
        // 18 digits stay below 2^63, so that the sum of two of them cannot overflow.
        if (!value.matches("[0-9]{1,18}")) {
            throw new WireReader.MalformedException(
                    "the external data of tensor \""
                            + tensor
                            + "\" has "
                            + key
                            + " \""
                            + value
                            + "\", must be a number of bytes");
        }
        return Long.parseLong(value);
    }

    /**
     * Refuses external data outside the model's folder, absent or too short.
     *
     * @param model the ONNX file
     * @param file what it says
     */
    static void check(Path model, OnnxFile file) {
        Map<String, Long> sizes = new HashMap<>();
        for (StoredTensor tensor : file.externalTensors()) {
            long size = sizes.computeIfAbsent(tensor.location(), name -> size(model, tensor, name));
            long end = tensor.offset() + Math.max(0, tensor.length());
            if (end > size) {
                throw new RuntimeFailure(
                        String.format(
                                "%s: tensor \"%s\" needs bytes %d to %d of %s, which has %d bytes",
                                model,
                                tensor.name(),
                                tensor.offset(),
                                end,
                                tensor.location(),
                                size));
            }
        }
    }

    /** Refuses any external data: a model out of memory has no folder. */
    static void refuse(String model, OnnxFile file) {
        for (StoredTensor tensor : file.externalTensors()) {
            throw new RuntimeFailure(
                    model
                            + ": tensor \""
                            + tensor.name()
                            + "\" has external data in \""
                            + tensor.location()
                            + "\", a model given as bytes must contain its weights");
        }
    }

    /** The file that holds a tensor's external data. */
    static Path resolve(Path model, String location) {
        return model.toAbsolutePath().resolveSibling(location);
    }

    private static long size(Path model, StoredTensor tensor, String location) {
        String where = model + ": tensor \"" + tensor.name() + "\" has external data in \"";
        where += printable(location) + "\", ";
        if (!isPlainName(location)) {
            throw new RuntimeFailure(
                    where + "must be a plain file name in the folder of the model");
        }
        try {
            Path data = resolve(model, location);
            if (!Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
                throw new RuntimeFailure(
                        where + "which is missing; keep it in the folder of the model");
            }
            BasicFileAttributes attributes =
                    Files.readAttributes(
                            data, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean soft = attributes.isSymbolicLink();
            if (soft || attributes.isRegularFile() && links(data) > 1) {
                throw new RuntimeFailure(
                        where + "which is a link to another place, must be a file of its own");
            }
            if (!attributes.isRegularFile()) {
                throw new RuntimeFailure(where + "which is not a regular file");
            }
            return attributes.size();
        } catch (IOException | InvalidPathException e) {
            throw new RuntimeFailure(where + "which cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isPlainName(String name) {
        return !name.isBlank()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    }

    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.chars()
                .forEach(c -> text.append(c < ' ' ? String.format("\\u%04x", c) : (char) c + ""));
        return text.toString();
    }

    /** The number of names that the file has; 1 where the file system does not say. */
    private static int links(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return 1;
        }
        return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    }
}
