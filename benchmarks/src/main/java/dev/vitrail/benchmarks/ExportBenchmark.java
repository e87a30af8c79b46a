package dev.vitrail.benchmarks;

import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an export from a file of weights costs, without verifying, beside a copy of the same bytes
 * to the same disk: tracing, transposing, hashing and checking are what lies between. Both force
 * what they wrote.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(1)
public class ExportBenchmark {
    private static final int COPY_BYTES = 4 << 20;

    /** A file in {@code configs}, without its ending. */
    @Param("vit-base-patch16-224")
    public String config;

    private Path folder;
    private Path weightsFile;
    private ModelConfig model;

    /** Writes the weights of an untrained network. */
    @Setup
    public void writeWeights() throws IOException {
        folder = Files.createTempDirectory(Path.of("benchmarks", "target"), "export");
        weightsFile = folder.resolve("model.safetensors");
        model = ConfigReader.read(Path.of("configs", config + ".json"));
        VisionTransformer block = block();
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, 1);
            SafetensorsWriter.write(weightsFile, block);
        }
    }

    /** Weights file to ONNX file. */
    @Benchmark
    public ExportReport export() {
        VisionTransformer block = block();
        ArrayInput pixels =
                ArrayInput.batchOf(
                        "pixel_values",
                        model.model().channels(),
                        model.model().imageHeight(),
                        model.model().imageWidth());
        Tracer.plan(block, List.of(pixels));
        try (SafetensorsFile weights = SafetensorsFile.open(weightsFile)) {
            return new Exporter(block, options())
                    .input(pixels)
                    .naming(ParameterNames.of(block).parameters())
                    .weights(name -> tensor(weights, name))
                    .export(folder.resolve("model.onnx"));
        }
    }

    /** Weights file to a copy of it. */
    @Benchmark
    public long copy() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        try (FileChannel from = FileChannel.open(weightsFile, StandardOpenOption.READ);
                FileChannel to =
                        FileChannel.open(
                                folder.resolve("copy"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE)) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.force(true);
            return to.size();
        }
    }

    /** Both write anew: replacing a file's bytes is cheaper. */
    @TearDown(Level.Iteration)
    public void deleteOutputs() throws IOException {
        for (String name : List.of("copy", "model.onnx", "model.onnx_data")) {
            Files.deleteIfExists(folder.resolve(name));
        }
    }

    /** Leaves nothing. */
    @TearDown
    public void deleteWeights() throws IOException {
        Files.delete(weightsFile);
        Files.delete(folder);
    }

    private VisionTransformer block() {
        return new VisionTransformer(model.model(), model.labels().count());
    }

    private static TensorData tensor(SafetensorsFile weights, String name) {
        long bytes = weights.shapes().get(name).size() * Float.BYTES;
        return TensorData.ofBuffers(bytes, () -> List.of(weights.floats(name)));
    }

    private static ExportOptions options() {
        ExportOptions defaults = ExportOptions.defaults();
        return new ExportOptions(
                defaults.opset(),
                "benchmark",
                List.of("logits"),
                new TreeMap<>(),
                "vitrail",
                "benchmark",
                ExternalDataPolicy.AUTO,
                Optional.empty(),
                defaults.translations());
    }
}
