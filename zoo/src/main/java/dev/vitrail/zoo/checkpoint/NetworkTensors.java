package dev.vitrail.zoo.checkpoint;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a network that is not built: a block learns the shapes of its parameters only
 * while it is initialised, so it is, with placeholders of one value instead of arrays.
 */
final class NetworkTensors {

    private NetworkTensors() {}

    /** Names and shapes, in the block's order; with 0 classes without a head. */
    static Map<String, Shape> shapes(Architecture architecture, int classes) {
        VisionTransformer block =
                classes == 0
                        ? VisionTransformer.withoutHead(architecture)
                        : new VisionTransformer(architecture, classes);
        return initialise(block, Set.of(), new LinkedHashMap<>());
    }

    /** The first values that some of them have in an untrained network. */
    static Map<String, Tensor> firstValues(
            Architecture architecture, int classes, Set<String> names) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        if (!names.isEmpty()) {
            initialise(new VisionTransformer(architecture, classes), names, tensors);
        }
        return tensors;
    }

    private static Map<String, Shape> initialise(
            VisionTransformer block, Set<String> wanted, Map<String, Tensor> tensors) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Map<String, Parameter> parameters = ParameterNames.of(block).parameters();
        parameters.forEach(
                (name, parameter) -> {
                    shapes.put(name, null);
                    if (!wanted.contains(name)) {
                        parameter.setInitializer(
                                (manager, shape, type) -> {
                                    shapes.put(name, shape);
                                    return manager.create(0f);
                                });
                    }
                });
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            block.initialize(manager, DataType.FLOAT32, block.inputShape(1));
            for (String name : wanted) {
                var array = parameters.get(name).getArray();
                tensors.put(name, Tensor.of(array.getShape(), array.toFloatArray()));
            }
        }
        return shapes;
    }
}
