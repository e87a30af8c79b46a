package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights go from file to file with memory for a piece of a tensor, however large they are. */
class StreamingMemoryTest {

    private static final int COUNT = 10_000_000;

    /** Pieces have a megabyte, and there are three of them: stored, as floats, to be written. */
    private static final long FEW_PIECES = 8L << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path folder;

    @Test
    void streamsEveryFloatTypeOfASafetensorsFile() throws IOException {
        for (ElementType type :
                List.of(ElementType.F64, ElementType.F32, ElementType.F16, ElementType.BF16)) {
            long bytes = (long) COUNT * type.bits() / 8;
            Path file = folder.resolve("model.safetensors");
            Files.write(
                    file,
                    Samples.safetensors(
                            Samples.entry(type.name(), "[" + COUNT + "]", "[0," + bytes + "]"),
                            new byte[0]));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                // The hole takes no space on the disk.
                channel.write(ByteBuffer.allocate(1), channel.size() + bytes - 1);
            }
            try (Weights weights = WeightsFile.open(file)) {
                assertStreams(weights, "a");
            }
        }
    }

    @Test
    void streamsStoredAndDeflatedArrays() throws IOException {
        byte[] array = Samples.npy("<f4", false, "(" + COUNT + ",)", new byte[4 * COUNT]);
        Path file = folder.resolve("model.npz");
        Files.write(
                file,
                new ZipSample().store("stored.npy", array).deflate("deflated.npy", array).bytes());
        try (Weights weights = WeightsFile.open(file)) {
            assertStreams(weights, "stored");
            assertStreams(weights, "deflated");
        }
    }

    @Test
    void saysThatAFileWasClosed() throws IOException {
        Path file = Files.write(folder.resolve("a.safetensors"), Samples.scalars("a"));
        Weights weights = WeightsFile.open(file);
        weights.close();
        assertThatThrownBy(() -> weights.floats("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(file + " was closed");
        assertThatThrownBy(() -> weights.copyTo("a", values -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    private void assertStreams(Weights weights, String name) {
        Path copy = folder.resolve("copy.safetensors");
        StreamedTensor tensor =
                new StreamedTensor(
                        "w",
                        new Shape(COUNT),
                        ElementType.BF16,
                        sink -> weights.copyFiniteTo(name, sink));
        long direct = directMemory();
        long before = threads.getCurrentThreadAllocatedBytes();
        SafetensorsWriter.write(copy, List.of(tensor), Map.of());
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("heap for %s", weights.type(name))
                .isLessThan(FEW_PIECES);
        assertThat(directMemory() - direct).isLessThan(FEW_PIECES);
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
