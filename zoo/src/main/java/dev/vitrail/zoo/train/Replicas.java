package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * A network on several devices, which share each batch: synchronous data parallelism, as PyTorch's
 * {@code DataParallel} does it. The first network's weights are the ones that are trained; the
 * others are copies of them, made anew after every step, whose gradients are added to the first's.
 * What no gradient is asked for, such as the statistics of batch norms, is the first network's too.
 *
 * @param <N> the network
 */
final class Replicas<N extends LoadedBlock<?>> implements AutoCloseable {

    private final N first;
    private final List<N> others = new ArrayList<>();

    /**
     * Copies a network to more devices.
     *
     * @param objective makes other networks of the kind
     * @param first whose weights are trained; it stays the caller's to close
     * @param devices for the copies; none for training on one device
     */
    Replicas(Objective<N> objective, N first, List<Device> devices) {
        this.first = first;
        try {
            for (Device device : devices) {
                N copy =
                        objective.network(
                                device,
                                (block, manager) -> WeightCopies.fill(block, manager, first));
                others.add(copy);
                first.parameters()
                        .forEach(
                                (name, parameter) ->
                                        copy.parameters()
                                                .get(name)
                                                .freeze(!parameter.requiresGradient()));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** How many devices there are. */
    int count() {
        return 1 + others.size();
    }

    /** The network of a device, counted from 0. */
    N get(int index) {
        return index == 0 ? first : others.get(index - 1);
    }

    /**
     * Adds the gradients of the copies to those of the first, and sets them to zero.
     *
     * @param used networks that had a backward pass since the last step
     */
    void collectGradients(int used) {
        for (N copy : others.subList(0, used - 1)) {
            first.parameters()
                    .forEach(
                            (name, parameter) -> {
                                if (parameter.requiresGradient()) {
                                    add(parameter, copy.parameters().get(name));
                                }
                            });
        }
    }

    private static void add(Parameter to, Parameter from) {
        try (NDArray sum = to.getArray().getGradient();
                NDArray part = from.getArray().getGradient()) {
            NDArray here = part.toDevice(sum.getDevice(), false);
            sum.addi(here);
            if (here != part) {
                here.close();
            }
            part.muli(0);
        }
    }

    /** Gives the copies the weights of the first. Nothing may be recording the first's. */
    void copyWeights() {
        for (N copy : others) {
            copy.unrecorded(
                    () -> {
                        copy.parameters()
                                .forEach((name, to) -> copy(first.parameters().get(name), to));
                        return null;
                    });
        }
    }

    private static void copy(Parameter from, Parameter to) {
        NDArray here = from.getArray().toDevice(to.getArray().getDevice(), false);
        to.getArray().set(new NDIndex("..."), here);
        if (here != from.getArray()) {
            here.close();
        }
    }

    /** Closes the copies. */
    @Override
    public void close() {
        others.forEach(LoadedBlock::close);
        others.clear();
    }
}
