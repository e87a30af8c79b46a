package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.vitrail.zoo.block.ImageNetwork;
import dev.vitrail.zoo.block.ParameterNames;

/** Fills one network's block with copies of another's weights. */
final class WeightCopies {

    private WeightCopies() {}

    /**
     * Initialises a block.
     *
     * @param block without weights
     * @param manager their owner, perhaps on another device
     * @param source a network of the same kind
     */
    static void fill(ImageNetwork block, NDManager manager, LoadedBlock<?> source) {
        ParameterNames.of(block)
                .parameters()
                .forEach(
                        (name, parameter) ->
                                parameter.setInitializer(
                                        (owner, shape, type) -> copy(source, name, owner)));
        block.initialize(manager, DataType.FLOAT32, block.inputShape(1));
    }

    private static NDArray copy(LoadedBlock<?> source, String name, NDManager owner) {
        NDArray weights = source.parameters().get(name).getArray();
        // On the same device PyTorch's toDevice gives another handle to the same memory.
        NDArray copy =
                weights.getDevice().equals(owner.getDevice())
                        ? weights.duplicate()
                        : weights.toDevice(owner.getDevice(), true);
        copy.attach(owner);
        return copy;
    }
}
