package dev.vitrail.zoo.block;

import dev.vitrail.zoo.config.Architecture;

/**
 * Pools tokens {@code [batch, tokens, dim]} and maps them to {@code [batch, classes]}: pooling,
 * then, where the config has them, a norm and a layer with tanh, then the linear head; without
 * classes, what that head would read.
 */
final class ClassifierHead extends Chain {

    ClassifierHead(Architecture architecture, int classes) {
        add("", new TokenPooling(architecture));
        add(
                "fc_norm",
                Layers.optional(
                        architecture.fcNorm(),
                        Layers.layerNorm(architecture.normEpsilon(), 1))); // [B, pooled dim]
        add("pre_logits", preLogits(architecture.preLogits()));
        if (classes > 0) {
            add("head", Layers.linear(classes)); // [B, classes]
        }
    }

    private static UnaryBlock preLogits(int width) {
        return width == 0
                ? Layers.identity()
                : new Chain().add("fc", Layers.linear(width)).add("act", Layers.tanh());
    }
}
