package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is offered in place of safetensors, told by content: a name may say anything. */
enum ForeignFormat {
    PICKLE(
            "is a pickle file, which is a program and not read here; convert it where it came from:"
                    + " import torch, safetensors.torch;"
                    + " weights = torch.load(\"weights.pt\", weights_only=True,"
                    + " map_location=\"cpu\");"
                    + " safetensors.torch.save_file(weights, \"model.safetensors\")"),
    ZIP("is a zip archive, must be a safetensors file");

    /** As much of a file as is looked at: PyTorch writes its pickle first. */
    private static final int LOOKED_AT = 1 << 16;

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
     * @param path of the file; the start of a zip archive is read
     * @param first eight bytes that are not a header length
     */
    static Optional<ForeignFormat> recognise(Path path, ByteBuffer first) throws IOException {
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

    /** By the name of an entry; the archive is not opened, since its directory may be a bomb. */
    private static boolean holdsPickle(Path path) throws IOException {
        try (InputStream input = Files.newInputStream(path)) {
            String start = new String(input.readNBytes(LOOKED_AT), StandardCharsets.ISO_8859_1);
            return start.contains("data.pkl");
        }
    }
}
