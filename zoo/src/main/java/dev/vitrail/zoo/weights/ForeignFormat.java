package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipFile;

/** What is offered in place of safetensors, told by content: a name may say anything. */
enum ForeignFormat {
    PICKLE(
            "is a pickle file, which is a program and not read here; convert it where it came from:"
                    + " import torch, safetensors.torch;"
                    + " weights = torch.load(\"weights.pt\", weights_only=True,"
                    + " map_location=\"cpu\");"
                    + " safetensors.torch.save_file(weights, \"model.safetensors\")"),
    ZIP("is a zip archive, must be a safetensors file");

    private static final int ZIP_MAGIC = 0x504B0304;
    private static final int PICKLE_PROTOCOL = 0x80;

    private final String advice;

    ForeignFormat(String advice) {
        this.advice = advice;
    }

    /** What to tell the user, without the file's name. */
    String advice() {
        return advice;
    }

    /**
     * Tells a file by its first bytes.
     *
     * @param path of the file; a zip archive's directory is looked at
     * @param first eight bytes that are not a header length
     */
    static Optional<ForeignFormat> recognise(Path path, ByteBuffer first) {
        int magic =
                (first.get(0) & 0xFF) << 24
                        | (first.get(1) & 0xFF) << 16
                        | (first.get(2) & 0xFF) << 8
                        | first.get(3) & 0xFF;
        if (magic == ZIP_MAGIC) {
            return Optional.of(holdsPickle(path) ? PICKLE : ZIP);
        }
        boolean protocol = (first.get(0) & 0xFF) == PICKLE_PROTOCOL;
        if (protocol && first.get(1) >= 2 && first.get(1) <= 5) {
            return Optional.of(PICKLE);
        }
        return Optional.empty();
    }

    private static boolean holdsPickle(Path path) {
        try (ZipFile zip = new ZipFile(path.toString())) {
            return zip.stream().anyMatch(entry -> entry.getName().endsWith("data.pkl"));
        } catch (IOException e) {
            return false; // a broken archive: what it was meant to be cannot be told
        }
    }
}
