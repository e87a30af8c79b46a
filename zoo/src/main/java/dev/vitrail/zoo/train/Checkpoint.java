package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.Weights;
import dev.vitrail.zoo.weights.WeightsPart;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A file with everything that a training needs to go on as if it had never stopped: weights, their
 * average, the optimiser's state, and where in the data it stands. It is a safetensors file; the
 * position and a CRC-32C of all that matters are in its metadata, so that a single changed bit is
 * found. The same state gives the same bytes.
 */
final class Checkpoint implements AutoCloseable, StateSource {

    private static final String WEIGHTS = "weights.";
    private static final String AVERAGE = "average.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String POSITION = "vitrail.position";
    private static final String CHECKSUM = "vitrail.crc32c";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SafetensorsFile file;
    private final Position position;

    private Checkpoint(SafetensorsFile file, Position position) {
        this.file = file;
        this.position = position;
    }

    /**
     * Writes a checkpoint; until it is whole, what stood under its name stays.
     *
     * @param path to appear
     * @throws dev.vitrail.zoo.weights.WeightsException if it cannot be written
     */
    static void write(
            Path path,
            Position position,
            LoadedBlock<?> network,
            Optional<? extends WeightAverage<?>> average,
            Optimizer optimizer) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        addWeights(tensors, WEIGHTS, network);
        average.ifPresent(a -> addWeights(tensors, AVERAGE, a.network()));
        optimizer.state().forEach((name, array) -> tensors.put(OPTIMIZER + name, array));
        String where = json(position);
        CRC32C checksum = new CRC32C();
        add(checksum, where);
        tensors.forEach(
                (name, array) -> {
                    add(checksum, name);
                    // On the CPU this is the array's own memory.
                    NDArray host = array.toDevice(Device.cpu(), false);
                    checksum.update(host.toByteBuffer(true));
                    if (host != array) {
                        host.close();
                    }
                });
        // In an order of its own: that of Map.of is another in every process.
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put(POSITION, where);
        metadata.put(CHECKSUM, text(checksum));
        SafetensorsWriter.write(path, tensors, metadata);
    }

    private static void addWeights(
            Map<String, NDArray> tensors, String prefix, LoadedBlock<?> network) {
        network.parameters()
                .forEach((name, parameter) -> tensors.put(prefix + name, parameter.getArray()));
    }

    private static String json(Position position) {
        try {
            return JSON.writeValueAsString(position);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers cannot fail to be written", e);
        }
    }

    private static void add(CRC32C checksum, String text) {
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(CRC32C checksum) {
        return String.format("%08x", checksum.getValue());
    }

    /**
     * Opens a checkpoint and looks at every byte of it.
     *
     * @param path the file
     * @return the checkpoint, to be closed
     * @throws dev.vitrail.zoo.weights.WeightsException if it is no safetensors file, or a cut one
     * @throws ZooException if it is no checkpoint, or not as it was written
     */
    static Checkpoint open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            String where = file.metadata().get(POSITION);
            String written = file.metadata().get(CHECKSUM);
            if (where == null || written == null) {
                throw new ZooException(path + ": is no checkpoint of a training");
            }
            CRC32C checksum = new CRC32C();
            add(checksum, where);
            for (String name : file.shapes().keySet()) {
                add(checksum, name);
                checksum.update(file.floats(name));
            }
            if (!written.equals(text(checksum))) {
                throw new ZooException(
                        path
                                + ": is damaged (its CRC-32C is "
                                + text(checksum)
                                + ", "
                                + written
                                + " was written)");
            }
            return new Checkpoint(file, JSON.readValue(where, Position.class));
        } catch (JsonProcessingException e) {
            file.close();
            throw new ZooException(path + ": is damaged (its position cannot be read)", e);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    Position position() {
        return position;
    }

    /** The weights that are trained; not to be closed. */
    Weights weights() {
        return new WeightsPart(file, WEIGHTS);
    }

    /** Their average, empty where none was kept; not to be closed. */
    Weights average() {
        return new WeightsPart(file, AVERAGE);
    }

    @Override
    public NDArray array(String name, Shape shape, NDManager owner) {
        String stored = OPTIMIZER + name;
        if (!shape.equals(file.shapes().get(stored))) {
            throw new ZooException(
                    file.origin()
                            + ": holds no tensor \""
                            + stored
                            + "\" of shape "
                            + shape
                            + "; it is of another training");
        }
        ByteBuffer bytes = file.floats(stored);
        // A copy: the optimiser writes to it, and the file's pages are not to be written to.
        try (NDArray view = owner.create(bytes, shape, DataType.FLOAT32)) {
            return view.duplicate();
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
