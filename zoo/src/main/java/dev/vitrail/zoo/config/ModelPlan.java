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
 *     an encoder block or a stem, as 32-bit floats
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
        NetworkCost cost = NetworkCost.of(network, classes);
        return new ModelPlan(
                cost.parameters(),
                cost.multiplyAccumulates(),
                network.tokens(),
                multiply(Float.BYTES, aliveValues(network, cost)),
                multiply(Float.BYTES, trainingValues(network, cost)));
    }

    /** Values of one image alive together at the worst moment: of a block, or of a stem. */
    private static long aliveValues(Architecture network, NetworkCost cost) {
        long sequence = sequence(network);
        // Input and its sum with the branch; then query, key and value with scores and weights, or
        // the hidden layer on its way through the activation.
        long attention = add(multiply(5, sequence), multiply(2, scores(network)));
        long mlp = add(multiply(2, sequence), multiply(hiddenAlive(network), hidden(network)));
        // A convolution's output before and after its norm, beside what a shortcut carries.
        long stem = add(image(network), multiply(3, cost.largestStemMap()));
        return Math.max(stem, Math.max(attention, mlp));
    }

    private static int hiddenAlive(Architecture network) {
        return switch (network.mlp()) {
            case PLAIN ->
                    switch (network.activation()) {
                        case GELU -> 2;
                        case GELU_TANH, QUICK_GELU -> 3; // one more between the two
                    };
            case SWIGLU -> 4; // gate and value, and what splitting copied
        };
    }

    /** Values of one image that forward keeps for backward, block by block. */
    private static long trainingValues(Architecture network, NetworkCost cost) {
        long sequence = sequence(network);
        long hidden = hidden(network);
        long scores = scores(network);
        // Of the sequence's size: both norms, query-key-value (3), the scaled query, the copies of
        // query, key and value that the products make (3), heads, heads joined, projection, two
        // sums and the second linear layer of the MLP; then what some networks have besides.
        int sequences = 15 + (network.qkNorm() ? 2 : 0) + (network.layerScale() > 0 ? 2 : 0);
        long block =
                add(
                        multiply(sequences, sequence),
                        multiply(hiddenKept(network), hidden),
                        multiply(2, scores));
        // Backward begins while all of it is alive, and holds a block's gradients besides.
        long backward =
                add(
                        multiply(4, sequence),
                        multiply(2, network.mlp().branches(), hidden),
                        multiply(2, scores));
        // The convolution reorders its input; its output, tokens, their sum and final norm follow.
        long ends = add(multiply(2, image(network)), multiply(4, sequence));
        long pooling = network.pooling() == Pooling.ATTENTION ? multiply(4, sequence) : 0;
        // Of each convolution of a stem: its output, normalised, scaled, activated, and padded for
        // the next; and the gradients of the last to be reached, which are the largest.
        long stem = multiply(5, add(cost.stemMaps(), cost.largestStemMap()));
        return add(ends, pooling, stem, backward, multiply(network.depth(), block));
    }

    private static int hiddenKept(Architecture network) {
        return switch (network.mlp()) {
            case PLAIN ->
                    switch (network.activation()) {
                        case GELU -> 2;
                        case QUICK_GELU -> 3; // the gate
                        // The gate, its slope, and room that was freed but not given back.
                        case GELU_TANH -> 5;
                    };
            case SWIGLU -> 5; // both halves, the gate, the gate activated, the product
        };
    }

    /** Values of a token sequence, {@code [tokens, dim]}. */
    private static long sequence(Architecture network) {
        return multiply(network.tokens(), network.dim());
    }

    /** Values of an MLP's hidden layer, {@code [tokens, mlpDim]}. */
    private static long hidden(Architecture network) {
        return multiply(network.tokens(), network.mlpDim());
    }

    /** Attention's scores, {@code [heads, tokens, tokens]}. */
    private static long scores(Architecture network) {
        return multiply(network.heads(), network.tokens(), network.tokens());
    }

    private static long image(Architecture network) {
        return multiply(network.channels(), network.imageHeight(), network.imageWidth());
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
