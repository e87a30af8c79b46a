package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights in several safetensors files beside an index, as Hugging Face's libraries write large
 * models. All files are opened at once and stay so; index and files must agree on every tensor.
 */
public final class ShardedSafetensors implements Weights {

    private final Path index;
    private final List<SafetensorsFile> shards;
    private final Map<String, SafetensorsFile> shardByTensor;
    private final Map<String, Shape> shapes;

    private ShardedSafetensors(
            Path index, List<SafetensorsFile> shards, Map<String, SafetensorsFile> shardByTensor) {
        this.index = index;
        this.shards = shards;
        this.shardByTensor = shardByTensor;
        Map<String, Shape> shapeByName = new LinkedHashMap<>();
        shardByTensor.forEach((name, shard) -> shapeByName.put(name, shard.shapes().get(name)));
        shapes = Collections.unmodifiableMap(shapeByName);
    }

    /**
     * Opens an index and all files that it names.
     *
     * @param index such as {@code model.safetensors.index.json}, beside its files
     * @return the weights, to be closed
     * @throws WeightsException if a file is missing or not sound, or index and files disagree,
     *     naming every tensor on which they do
     */
    public static ShardedSafetensors open(Path index) {
        ShardIndex read = ShardIndex.read(index);
        Map<String, SafetensorsFile> opened = new LinkedHashMap<>();
        boolean complete = false;
        try {
            for (String name : read.shards()) {
                opened.put(name, SafetensorsFile.open(beside(index, name)));
            }
            Map<String, SafetensorsFile> shardByTensor = placed(read, opened);
            complete = true;
            return new ShardedSafetensors(index, List.copyOf(opened.values()), shardByTensor);
        } finally {
            if (!complete) {
                opened.values().forEach(SafetensorsFile::close);
            }
        }
    }

    private static Path beside(Path index, String name) {
        try {
            return index.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw new WeightsException(
                    index, "the index names a file " + Quoted.of(name) + " that cannot be", e);
        }
    }

    private static Map<String, SafetensorsFile> placed(
            ShardIndex index, Map<String, SafetensorsFile> opened) {
        Map<String, String> found = new HashMap<>();
        List<String> problems = new ArrayList<>();
        opened.forEach(
                (file, shard) -> {
                    for (String tensor : shard.shapes().keySet()) {
                        String other = found.putIfAbsent(tensor, file);
                        if (other != null) {
                            problems.add(
                                    Quoted.tensor(tensor) + " is in " + other + " and in " + file);
                        } else if (!index.files().containsKey(tensor)) {
                            problems.add(
                                    Quoted.tensor(tensor)
                                            + " is in "
                                            + file
                                            + ", but not in the index");
                        }
                    }
                });
        Map<String, SafetensorsFile> shardByTensor = new LinkedHashMap<>();
        index.files()
                .forEach(
                        (tensor, file) -> {
                            String where = found.get(tensor);
                            if (where == null) {
                                problems.add(
                                        Quoted.tensor(tensor)
                                                + " must be in "
                                                + file
                                                + ", but is in no file");
                            } else if (!where.equals(file)
                                    && !opened.get(file).shapes().containsKey(tensor)) {
                                problems.add(
                                        Quoted.tensor(tensor)
                                                + " must be in "
                                                + file
                                                + ", but is in "
                                                + where);
                            }
                            shardByTensor.put(tensor, opened.get(file));
                        });
        if (!problems.isEmpty()) {
            throw WeightsException.of(index.path(), "the index does not fit its files", problems);
        }
        return shardByTensor;
    }

    @Override
    public Path origin() {
        return index;
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public ElementType type(String name) {
        return shard(name).type(name);
    }

    @Override
    public ByteBuffer floats(String name) {
        return shard(name).floats(name);
    }

    @Override
    public void copyTo(String name, FloatSink sink) throws IOException {
        shard(name).copyTo(name, sink);
    }

    private SafetensorsFile shard(String name) {
        SafetensorsFile shard = shardByTensor.get(name);
        if (shard == null) {
            throw new IllegalArgumentException("no tensor \"" + name + "\" in " + index);
        }
        return shard;
    }

    @Override
    public void close() {
        shards.forEach(SafetensorsFile::close);
    }
}
