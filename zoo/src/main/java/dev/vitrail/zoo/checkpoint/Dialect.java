package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.config.Stem;
import java.util.List;
import java.util.Optional;

/**
 * What a network computes that the shapes of its tensors do not show. A family begins with its own
 * defaults and lets its config file change them.
 */
final class Dialect {

    private double epsilon = Architecture.DEFAULT_NORM_EPSILON;
    private double groupNormEpsilon = Stem.ResNet.DEFAULT_NORM_EPSILON;
    private ActivationKind activation = ActivationKind.GELU;
    private PositionEmbedding positions = PositionEmbedding.LEARNED;
    private PositionResampling resampling = PositionResampling.BICUBIC_ANTIALIAS;
    private Optional<Integer> heads = Optional.empty();
    private Optional<Integer> registers = Optional.empty();
    private Optional<List<Integer>> imageSize = Optional.empty();
    private Optional<Pooling> pooling = Optional.empty();
    private Optional<Double> layerScale = Optional.empty();
    private boolean finalNorm = true;
    private double dropout;
    private double attentionDropout;
    private double dropPath;

    Dialect epsilon(double value) {
        epsilon = value;
        return this;
    }

    /** Of a hybrid's ResNet. */
    Dialect groupNormEpsilon(double value) {
        groupNormEpsilon = value;
        return this;
    }

    Dialect activation(ActivationKind value) {
        activation = value;
        return this;
    }

    Dialect positions(PositionEmbedding value) {
        positions = value;
        return this;
    }

    Dialect resampling(PositionResampling value) {
        resampling = value;
        return this;
    }

    Dialect heads(Optional<Integer> value) {
        heads = value.or(() -> heads);
        return this;
    }

    /** Register tokens, which the tensors show unless theirs is missing. */
    Dialect registers(Optional<Integer> value) {
        registers = value.or(() -> registers);
        return this;
    }

    /** Height and width. */
    Dialect imageSize(Optional<List<Integer>> value) {
        imageSize = value.or(() -> imageSize);
        return this;
    }

    Dialect pooling(Optional<Pooling> value) {
        pooling = value.or(() -> pooling);
        return this;
    }

    /** First value of layer scale, if there is any. */
    Dialect layerScale(Optional<Double> value) {
        layerScale = value.or(() -> layerScale);
        return this;
    }

    /** Whether a norm follows the last block; there is no telling one that is missing from none. */
    Dialect finalNorm(boolean value) {
        finalNorm = value;
        return this;
    }

    Dialect dropping(double all, double attention, double path) {
        dropout = all;
        attentionDropout = attention;
        dropPath = path;
        return this;
    }

    double epsilon() {
        return epsilon;
    }

    double groupNormEpsilon() {
        return groupNormEpsilon;
    }

    ActivationKind activation() {
        return activation;
    }

    PositionEmbedding positions() {
        return positions;
    }

    PositionResampling resampling() {
        return resampling;
    }

    Optional<Integer> heads() {
        return heads;
    }

    Optional<Integer> registers() {
        return registers;
    }

    Optional<List<Integer>> imageSize() {
        return imageSize;
    }

    Optional<Pooling> pooling() {
        return pooling;
    }

    Optional<Double> layerScale() {
        return layerScale;
    }

    boolean finalNorm() {
        return finalNorm;
    }

    double dropout() {
        return dropout;
    }

    double attentionDropout() {
        return attentionDropout;
    }

    double dropPath() {
        return dropPath;
    }
}
