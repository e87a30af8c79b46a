package dev.vitrail.benchmarks;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A run folder of a network that nobody trained: its config, and weights drawn at random in the
 * sizes that the network has. Numbers are made while they are written, so that a network larger
 * than the memory has one too.
 */
final class UntrainedRun {
    /** Standard deviation of the numbers; small enough that a deep network stays finite. */
    private static final float SPREAD = 0.02f;

    static final List<String> FILES = List.of("config.json", "model.safetensors");

    private static final int PIECE = 1 << 20;

    private UntrainedRun() {}

    /** Writes the folder, which must exist, and forces it; returns the size of the weights. */
    static long write(ModelConfig config, Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), config.toJson());
        VisionTransformer block = new VisionTransformer(config.model(), config.labels().count());
        Tracer.plan(block, List.of(pixels(config)));
        Map<String, Parameter> parameters = ParameterNames.of(block).parameters();
        byte[] header = header(parameters).getBytes(StandardCharsets.UTF_8);
        try (FileChannel file =
                FileChannel.open(
                        folder.resolve("model.safetensors"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            file.write(
                    new ByteBuffer[] {
                        length.putLong(header.length).flip(), ByteBuffer.wrap(header)
                    });
            Noise noise = new Noise();
            long numbers = 0;
            for (Parameter parameter : parameters.values()) {
                long count = parameter.getArray().getShape().size();
                noise.writeTo(file, count);
                numbers += count;
            }
            file.force(true);
            return numbers * Float.BYTES;
        }
    }

    /** What such a network reads. */
    static ArrayInput pixels(ModelConfig config) {
        return ArrayInput.batchOf(
                "pixel_values",
                config.model().channels(),
                config.model().imageHeight(),
                config.model().imageWidth());
    }

    private static String header(Map<String, Parameter> parameters) throws IOException {
        ObjectNode header = new ObjectMapper().createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            Shape shape = entry.getValue().getArray().getShape();
            ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", "F32");
            for (long size : shape.getShape()) {
                tensor.withArray("shape").add(size);
            }
            long end = offset + shape.size() * Float.BYTES;
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        String text = header.toString();
        return text + " ".repeat(Math.floorMod(-text.length(), Long.BYTES));
    }

    /** Numbers around zero, another piece each time. */
    private static final class Noise {
        private final SplittableRandom random = new SplittableRandom(1);
        private final ByteBuffer piece =
                ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);

        void writeTo(FileChannel file, long count) throws IOException {
            for (long rest = count; rest > 0; rest -= PIECE / Float.BYTES) {
                FloatBuffer floats = piece.clear().asFloatBuffer();
                int now = (int) Math.min(rest, PIECE / Float.BYTES);
                for (int i = 0; i < now; i++) {
                    floats.put((random.nextFloat() - 0.5f) * 2 * SPREAD * (float) Math.sqrt(3));
                }
                piece.limit(now * Float.BYTES);
                while (piece.hasRemaining()) {
                    file.write(piece);
                }
            }
        }
    }
}
