package dev.vitrail.zoo.config;

import java.util.Locale;
import java.util.Optional;

/**
 * What a model costs, from its config alone: nothing is built or allocated.
 *
 * @param parameters values of all parameters, exact
 * @param multiplyAccumulates of one image, in linear layers, convolutions and the two products of
 *     attention (what timm calls gmacs; floating point operations are twice as many)
 * @param tokens length of the sequence
 * @param activationBytes of one image, classified: the arrays alive together at the worst moment of
 *     an encoder block, as 32-bit floats
 * @param trainingActivationBytes of one image, trained on: every array that a training step keeps
 */
public record ModelPlan(
        long parameters,
        long multiplyAccumulates,
        long tokens,
        long activationBytes,
        long trainingActivationBytes) {

    /** No protobuf message is longer; a larger ONNX model keeps its weights in a second file. */
    private static final long PROTOBUF_LIMIT = Integer.MAX_VALUE;

    /** Nodes, names and shapes of an encoder block and of the rest, rounded up generously. */
    private static final long GRAPH_BYTES_PER_BLOCK = 8_192;

    /** Weights, gradients and AdamW's two averages. */
    private static final int COPIES_IN_TRAINING = 4;

    private static final double GIGABYTE = 1e9;

    /**
     * Plans a network.
     *
     * @param network its sizes
     * @param classes outputs of its head
     * @return the plan
     * @throws ArithmeticException where a figure does not fit 63 bits
     */
    public static ModelPlan of(Architecture network, int classes) {
        long tokens = network.tokens();
        long sequence = multiply(tokens, network.dim()); // [N, D]
        long hidden = multiply(tokens, network.mlpDim()); // [N, mlpDim]
        long scores = multiply(network.heads(), tokens, tokens); // [H, N, N]

        // Input and its sum with the branch; then query, key and value with scores and weights, or
        // the hidden layer before and after its activation.
        long attention = add(multiply(5, sequence), multiply(2, scores));
        long mlp = add(multiply(2, sequence), multiply(2, hidden));
        long alive = multiply(Float.BYTES, Math.max(attention, mlp));

        NetworkCost cost = NetworkCost.of(network, classes);
        return new ModelPlan(
                cost.parameters(),
                cost.multiplyAccumulates(),
                tokens,
                alive,
                multiply(Float.BYTES, trainingValues(network, sequence, hidden, scores)));
    }

    /** Values of one image that forward keeps for backward, block by block. */
    private static long trainingValues(
            Architecture network, long sequence, long hidden, long scores) {
        // Of the sequence's size: both norms, query-key-value (3), the scaled query, the copies of
        // query, key and value that the products make (3), heads, heads joined, projection, two
        // sums and the second linear layer of the MLP.
        long block = add(multiply(15, sequence), multiply(2, hidden), multiply(2, scores));
        // Backward begins while all of it is alive, and holds a block's gradients besides.
        long backward = add(multiply(4, sequence), multiply(2, hidden), multiply(2, scores));
        long image = multiply(network.channels(), network.imageHeight(), network.imageWidth());
        // The convolution reorders its input; its output, tokens, their sum and final norm follow.
        long ends = add(multiply(2, image), multiply(4, sequence));
        return add(ends, backward, multiply(network.depth(), block));
    }

    /**
     * Size of the weights as 32-bit floats.
     *
     * @return bytes
     */
    public long weightBytes() {
        return multiply(Float.BYTES, parameters);
    }

    /**
     * Size of an fp32 ONNX export, the second file with it where there is one.
     *
     * @param depth encoder blocks of the network
     * @return bytes, within a percent for the named variants
     */
    public long onnxBytes(int depth) {
        return add(weightBytes(), multiply(depth + 2, GRAPH_BYTES_PER_BLOCK));
    }

    /**
     * Whether an fp32 ONNX export needs a second file for its weights.
     *
     * @param depth encoder blocks of the network
     * @return true above 2 GB
     */
    public boolean needsExternalData(int depth) {
        return onnxBytes(depth) > PROTOBUF_LIMIT;
    }

    /**
     * Memory of a training: weights, gradients, both averages of AdamW, and the activations of a
     * batch.
     *
     * @param batchSize images of a step
     * @return bytes, without the Java heap and the libraries
     */
    public long trainingBytes(int batchSize) {
        return add(
                multiply(COPIES_IN_TRAINING, weightBytes()),
                multiply(batchSize, trainingActivationBytes));
    }

    /**
     * Memory of classifying batches.
     *
     * @param batchSize images of a batch
     * @return bytes, without the Java heap and the libraries
     */
    public long inferenceBytes(int batchSize) {
        return add(weightBytes(), multiply(batchSize, activationBytes));
    }

    /**
     * Whether a training fits a machine; asked before anything is built.
     *
     * @param batchSize images of a step
     * @param available bytes of memory, see {@link MachineMemory}
     * @return the sentence to refuse with, or nothing where it fits
     */
    public Optional<String> refuseTraining(int batchSize, long available) {
        return refuse(trainingBytes(batchSize), available, "training with batch_size " + batchSize);
    }

    /**
     * Whether building a network and running it on one image fits a machine.
     *
     * @param available bytes of memory, see {@link MachineMemory}
     * @return the sentence to refuse with, or nothing where it fits
     */
    public Optional<String> refuseBuilding(long available) {
        return refuse(inferenceBytes(1), available, "this model");
    }

    private static Optional<String> refuse(long needed, long available, String what) {
        if (needed <= available) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "%s needs about %.1f GB of memory, this machine has %.1f GB",
                        what,
                        needed / GIGABYTE,
                        available / GIGABYTE));
    }

    private static long multiply(long... factors) {
        long product = 1;
        for (long factor : factors) {
            product = Math.multiplyExact(product, factor);
        }
        return product;
    }

    private static long add(long... terms) {
        long sum = 0;
        for (long term : terms) {
            sum = Math.addExact(sum, term);
        }
        return sum;
    }
}
