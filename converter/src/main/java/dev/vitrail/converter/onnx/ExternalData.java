package dev.vitrail.converter.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where a tensor's bytes stand outside the model.
 *
 * <p>A file from a stranger says which file to open. Only a plain name in the model's own folder is
 * accepted, and only a regular file behind it: no parts of a path, no links. Every such check of
 * other readers that allowed paths has been got around (CVE-2022-25882, CVE-2024-27318,
 * CVE-2026-27489, CVE-2026-34446).
 *
 * @param location the plain name of a file beside the model
 * @param offset where the tensor begins
 * @param length how many bytes it has
 */
record ExternalData(String location, long offset, long length) {
    /** One map holds at most this much; a multiple of every alignment. */
    private static final long MAP = 1 << 30;

    /** Reads what a tensor says about its place and holds it against the file. */
    static ExternalData of(TensorProto tensor, long expected, Path model) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            if (entries.put(entry.getKey(), entry.getValue()) != null) {
                throw refused(model, tensor, "states its " + entry.getKey() + " twice");
            }
        }
        String location = entries.getOrDefault("location", "");
        requirePlainName(location, tensor, model);
        Path file = model.resolveSibling(location);
        long size = sizeOf(file, tensor, model);
        long offset = number(entries, "offset", 0, tensor, model);
        long length = number(entries, "length", expected, tensor, model);
        if (length != expected) {
            throw refused(
                    model,
                    tensor,
                    said("has %,d bytes outside, its shape needs %,d", length, expected));
        }
        if (offset > size - length) {
            throw refused(
                    model,
                    tensor,
                    said("needs %,d bytes from byte %,d of ", length, offset)
                            + location
                            + said(", which has %,d", size));
        }
        return new ExternalData(location, offset, length);
    }

    /** The bytes, mapped when they are read. */
    TensorData data(Path model) {
        Path file = model.resolveSibling(location);
        return TensorData.ofBuffers(length, () -> map(file));
    }

    private List<ByteBuffer> map(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            List<ByteBuffer> maps = new ArrayList<>();
            for (long at = 0; at < length; at += MAP) {
                maps.add(
                        channel.map(
                                        FileChannel.MapMode.READ_ONLY,
                                        offset + at,
                                        Math.min(MAP, length - at))
                                .order(ByteOrder.LITTLE_ENDIAN));
            }
            return maps;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requirePlainName(String location, TensorProto tensor, Path model) {
        boolean plain =
                !location.isBlank()
                        && !location.equals(".")
                        && !location.equals("..")
                        && location.chars()
                                .noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < 32);
        if (!plain) {
            throw refused(
                    model,
                    tensor,
                    "has its data in \""
                            + location.replaceAll("\\p{Cntrl}", "?")
                            + "\", which is not the plain name of a file beside the model");
        }
    }

    private static long sizeOf(Path file, TensorProto tensor, Path model) {
        String problem = null;
        if (Files.isSymbolicLink(file)) {
            problem = "is a link";
        } else if (!Files.exists(file)) {
            problem = "is missing";
        } else if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            problem = "is no regular file";
        } else if (hasOtherNames(file)) {
            problem = "has other names too (hard links)";
        }
        if (problem != null) {
            throw refused(
                    model, tensor, "has its data in " + file.getFileName() + ", which " + problem);
        }
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new ExportException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean hasOtherNames(Path file) {
        try {
            return Files.getAttribute(file, "unix:nlink") instanceof Integer links && links > 1;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static long number(
            Map<String, String> entries, String key, long absent, TensorProto tensor, Path model) {
        String text = entries.get(key);
        if (text == null) {
            return absent;
        }
        if (!text.matches("\\d{1,18}")) {
            throw refused(
                    model,
                    tensor,
                    "states the " + key + " \"" + text + "\", not a number of bytes");
        }
        return Long.parseLong(text);
    }

    private static ExportException refused(Path model, TensorProto tensor, String problem) {
        return new ExportException(model + ": tensor " + tensor.getName() + " " + problem);
    }

    private static String said(String format, Object... numbers) {
        return String.format(Locale.ROOT, format, numbers);
    }
}
