package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphBuilder;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model of the size and matrices of ViT-H/14, its weights in a mapped file as those of a run
 * folder are, written by a Java of 512 MB.
 */
@Tag("slow")
class LargeModelTest {
    private static final int DIM = 1280;
    private static final int MLP = 5120;
    private static final int DEPTH = 32;
    private static final long BLOCK = 4L * DIM * (3 * DIM + DIM + 2 * MLP);

    @Test
    void writesTwoAndAHalfGigabytesWithAHeapOf512Megabytes(@TempDir Path folder) throws Exception {
        Path weights = folder.resolve("weights");
        fill(weights);
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LargeModelTest.class.getName(),
                                weights.toString(),
                                folder.resolve("model.onnx").toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        long anonymous = Long.parseLong(output.replaceAll("(?s).*anonymous (\\d+) MB.*", "$1"));
        // The heap in use, buffers and the JVM itself; no weights among them.
        assertThat(anonymous).as(output).isLessThan(500);
        Path data = folder.resolve("model.onnx_data");
        assertThat(Files.size(data)).isEqualTo(DEPTH * BLOCK);
        OnnxModel model = OnnxReader.read(folder.resolve("model.onnx"));
        Graph expected = graph(weights);
        for (int i = 0; i < expected.initializers().size(); i += 9) {
            Initializer initializer = model.graph().initializers().get(i);
            assertThat(initializer.data().bytes())
                    .as(initializer.name())
                    .isEqualTo(expected.initializers().get(i).data().bytes());
        }
        long plain = copy(weights, folder.resolve("copy"));
        System.getLogger(LargeModelTest.class.getName())
                .log(System.Logger.Level.WARNING, output.strip() + "; plain copy " + plain + " ms");
    }

    /** Writes the model and tells how long it took and what memory was needed. */
    public static void main(String[] arguments) throws IOException {
        Graph graph = graph(Path.of(arguments[0]));
        long start = System.nanoTime();
        OnnxMetadata metadata = OnnxMetadata.of("vitrail", "test", Map.of());
        Path target = Path.of(arguments[1]);
        try (PendingModel pending =
                OnnxWriter.write(graph, metadata, target, ExternalDataPolicy.AUTO)) {
            pending.commit();
        }
        long milliseconds = (System.nanoTime() - start) / 1_000_000;
        long anonymous = 0;
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("RssAnon")) {
                    anonymous = Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        }
        long processor =
                ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toMillis)
                        .orElse(0L);
        System.out.printf(
                "written in %d ms, processor %d ms, anonymous %d MB%n",
                milliseconds, processor, anonymous);
    }

    private static Graph graph(Path weights) {
        GraphBuilder builder = new GraphBuilder("large", 17);
        Value x =
                builder.input(
                        "x",
                        new TensorType(ElementType.FLOAT, List.of(Dim.batch(), Dim.fixed(DIM))));
        long offset = 0;
        for (int block = 0; block < DEPTH; block++) {
            int[][] shapes = {{3 * DIM, DIM}, {DIM, 3 * DIM}, {MLP, DIM}, {DIM, MLP}};
            // Not a transformer's order, but its matrices: the second is cut to a square below.
            shapes[1][1] = DIM;
            for (int[] shape : shapes) {
                long bytes = 4L * shape[0] * shape[1];
                long at = offset;
                TensorData rows =
                        TensorData.ofBuffers(bytes, () -> List.of(map(weights, at, bytes)));
                builder.weight(
                        "blocks." + block + "." + shape[0] + "x" + shape[1],
                        TensorType.of(ElementType.FLOAT, shape[1], shape[0]),
                        TensorData.transposed(rows, shape[0], shape[1], 4));
                offset += bytes;
            }
        }
        builder.output("y", builder.node("Relu", "relu", x.type(), x));
        return builder.build();
    }

    private static ByteBuffer map(Path file, long offset, long bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, offset, bytes);
            return map.order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void fill(Path file) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long at = 0; at < DEPTH * BLOCK; at += noise.length) {
                piece.clear().put(noise).putLong(0, at).flip();
                piece.limit((int) Math.min(noise.length, DEPTH * BLOCK - at));
                channel.write(piece);
            }
            channel.force(true);
        }
    }

    private static long copy(Path from, Path to) throws IOException {
        long start = System.nanoTime();
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out =
                        FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long at = 0; at < in.size(); at += 1 << 26) {
                ByteBuffer piece =
                        in.map(
                                FileChannel.MapMode.READ_ONLY,
                                at,
                                Math.min(1 << 26, in.size() - at));
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
            }
            out.force(true);
        }
        return (System.nanoTime() - start) / 1_000_000;
    }
}
