package dev.vitrail.zoo.config;

/**
 * Counts a network's parameters and multiply-accumulates layer by layer, in the order of the
 * blocks. One description gives both figures, so that a layer cannot be in one and not in the
 * other.
 *
 * <p>Multiply-accumulates are those of one image in linear layers, convolutions and the two
 * products of attention. Norms, activations, sums and pooling are left out, as the field does.
 */
final class NetworkCost {

    private long parameters;
    private long multiplyAccumulates;
    private long stemMaps;
    private long largestStemMap;

    private NetworkCost() {}

    /**
     * Counts a network.
     *
     * @throws ArithmeticException where a figure does not fit 63 bits
     */
    static NetworkCost of(Architecture network, int classes) {
        NetworkCost cost = new NetworkCost();
        cost.embedding(network);
        NetworkCost block = new NetworkCost();
        block.encoderBlock(network);
        cost.add(network.depth(), block);
        cost.head(network, classes);
        return cost;
    }

    /** Values of all parameters. */
    long parameters() {
        return parameters;
    }

    /** Multiply-accumulates of one image. */
    long multiplyAccumulates() {
        return multiplyAccumulates;
    }

    /** Values of one image in the outputs of a stem's convolutions, together. */
    long stemMaps() {
        return stemMaps;
    }

    /** Values of one image in the largest of these outputs. */
    long largestStemMap() {
        return largestStemMap;
    }

    private void embedding(Architecture network) {
        int dim = network.dim();
        Stem stem = network.stem();
        if (stem instanceof Stem.Convolution convolution) {
            convolutionStem(network, convolution);
        } else if (stem instanceof Stem.ResNet resNet) {
            resNetStem(network, resNet);
        }
        int kernel = network.patchSize() / stem.stride();
        int channels = stem.outputChannels(network.channels());
        convolution(network.patches(), kernel, channels, dim, network.patchBias());
        table(multiply(network.prefixTokens(), dim));
        table(multiply(network.positions(), dim));
        if (network.preNorm()) {
            norm(dim);
        }
    }

    private void convolutionStem(Architecture network, Stem.Convolution stem) {
        int from = network.channels();
        int stride = 1;
        for (int i = 0; i < stem.channels().size(); i++) {
            int channels = stem.channels().get(i);
            stride *= stem.strides().get(i);
            stemConvolution(pixels(network, stride), 3, from, channels);
            table(multiply(4, channels)); // scale, shift, running mean and variance
            from = channels;
        }
    }

    private void resNetStem(Architecture network, Stem.ResNet stem) {
        int width = stem.width();
        stemConvolution(pixels(network, 2), 7, network.channels(), width);
        norm(width);
        int from = width;
        int stride = 4;
        for (int stage = 0; stage < stem.depths().size(); stage++) {
            int middle = stem.middleChannels(stage);
            int to = stem.stageChannels(stage);
            for (int block = 0; block < stem.depths().get(stage); block++) {
                boolean first = block == 0;
                long before = pixels(network, stride);
                if (first && stage > 0) {
                    stride *= 2;
                }
                long after = pixels(network, stride);
                if (first) {
                    stemConvolution(after, 1, from, to);
                    norm(to);
                }
                stemConvolution(before, 1, from, middle);
                norm(middle);
                stemConvolution(after, 3, middle, middle);
                norm(middle);
                stemConvolution(after, 1, middle, to);
                norm(to);
                from = to;
            }
        }
    }

    private void encoderBlock(Architecture network) {
        long tokens = network.tokens();
        int dim = network.dim();
        norm(dim);
        linear(tokens, dim, 3L * dim, network.qkvBias());
        if (network.qkNorm()) {
            norm(network.headDim());
            norm(network.headDim());
        }
        product(tokens, tokens, dim); // scores, all heads
        product(tokens, tokens, dim); // weighted values
        linear(tokens, dim, dim, true);
        norm(dim);
        linear(tokens, dim, multiply(network.mlp().branches(), network.mlpDim()), true);
        linear(tokens, network.mlpDim(), dim, true);
        if (network.layerScale() > 0) {
            table(2L * dim);
        }
    }

    private void head(Architecture network, int classes) {
        int dim = network.dim();
        if (network.finalNorm()) {
            norm(network.fcNorm() ? network.pooledDim() : dim);
        }
        if (network.pooling() == Pooling.ATTENTION) {
            attentionPooling(network);
        }
        int width = network.pooledDim();
        if (network.preLogits() > 0) {
            linear(1, width, network.preLogits(), true);
            width = network.preLogits();
        }
        linear(1, width, classes, true);
        if (network.distillationToken()) {
            linear(1, width, classes, true);
        }
    }

    private void attentionPooling(Architecture network) {
        long patches = network.patches();
        int dim = network.dim();
        table(dim);
        linear(1, dim, dim, true);
        linear(patches, dim, 2L * dim, true);
        product(1, patches, dim);
        product(1, patches, dim);
        linear(1, dim, dim, true);
        norm(dim);
        linear(1, dim, network.mlpDim(), true);
        linear(1, network.mlpDim(), dim, true);
    }

    private static long pixels(Architecture network, int stride) {
        return multiply(network.imageHeight() / stride, network.imageWidth() / stride);
    }

    private void linear(long rows, long from, long to, boolean bias) {
        table(Math.addExact(multiply(from, to), bias ? to : 0));
        product(rows, from, to);
    }

    private void convolution(long places, long kernel, long from, long to, boolean bias) {
        linear(places, multiply(kernel, kernel, from), to, bias);
    }

    private void stemConvolution(long places, long kernel, long from, long to) {
        convolution(places, kernel, from, to, false);
        long map = multiply(places, to);
        stemMaps = Math.addExact(stemMaps, map);
        largestStemMap = Math.max(largestStemMap, map);
    }

    private void norm(long width) {
        table(multiply(2, width));
    }

    private void table(long values) {
        parameters = Math.addExact(parameters, values);
    }

    private void product(long rows, long inner, long columns) {
        multiplyAccumulates = Math.addExact(multiplyAccumulates, multiply(rows, inner, columns));
    }

    private void add(int times, NetworkCost part) {
        parameters = Math.addExact(parameters, multiply(times, part.parameters));
        multiplyAccumulates =
                Math.addExact(multiplyAccumulates, multiply(times, part.multiplyAccumulates));
    }

    private static long multiply(long... factors) {
        long product = 1;
        for (long factor : factors) {
            product = Math.multiplyExact(product, factor);
        }
        return product;
    }
}
