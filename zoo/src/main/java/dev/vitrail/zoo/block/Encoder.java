package dev.vitrail.zoo.block;

import dev.vitrail.zoo.config.Architecture;

/** The encoder blocks in order, named by their index; {@code [batch, tokens, dim]} to the same. */
final class Encoder extends Chain {

    Encoder(Architecture architecture) {
        for (int i = 0; i < architecture.depth(); i++) {
            add(Integer.toString(i), new EncoderBlock(architecture, i));
        }
    }
}
