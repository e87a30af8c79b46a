package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.block.MaskedAutoencoder;
import dev.vitrail.zoo.block.PatchMask;
import java.util.Map;

/** A masked autoencoder with weights on a device. What a run keeps of it is the encoder. */
final class Autoencoder extends LoadedBlock<MaskedAutoencoder> {

    Autoencoder(MaskedAutoencoder block, Device device, WeightSource weights) {
        super(block, device, weights);
    }

    @Override
    Map<String, Parameter> kept() {
        return block().encoderParameters();
    }

    /** Images {@code [batch, 3, height, width]} to guesses {@code [batch, patches, values]}. */
    NDArray guess(NDArray images, PatchMask mask, boolean training) {
        return block().predict(store(), images, mask, training);
    }
}
