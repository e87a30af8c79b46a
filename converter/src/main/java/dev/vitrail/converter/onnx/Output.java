package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** A new file that grows at its end. */
interface Output extends AutoCloseable {
    /**
     * From this size on a file goes past the page cache. It would push out of the memory what
     * others keep there, and finding pages for it costs more than the bytes: 2.5 GB take 0.6 s of a
     * processor where free pages are at hand and 5 s in a virtual machine that has to ask its host
     * for them; past the cache 0.3 s. A smaller file is better kept, as it is often read next.
     */
    long DIRECT_FROM = 1L << 30;

    /** Creates a file that is going to have about so many bytes. */
    static Output create(Path path, long expectedBytes) throws IOException {
        Optional<Output> direct =
                expectedBytes < DIRECT_FROM ? Optional.empty() : DirectOutput.create(path);
        return direct.isPresent() ? direct.get() : new CachedOutput(path);
    }

    /** Takes all bytes of the buffer, which may be used for others then. */
    void append(ByteBuffer bytes) throws IOException;

    /** Everything onto the disk; nothing can be appended after that. */
    void finish() throws IOException;

    /** Closes the file; one that is not finished is not whole. */
    @Override
    void close() throws IOException;
}
