package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.PositionEmbedding;
import java.util.List;

/**
 * The encoder of a masked autoencoder's pre-training (facebookresearch/mae): timm's names, and a
 * decoder that no classifier has. What was fine-tuned from it is a checkpoint of timm.
 */
final class Mae extends Timm {

    @Override
    public String id() {
        return "MAE";
    }

    @Override
    public boolean recognises(Source source) {
        return super.recognises(source)
                && (source.hasAny("decoder_blocks.*") || source.hasAny("decoder_embed.*"));
    }

    @Override
    public NameMap names(Source source) {
        return super.names(source)
                .leaveOut("decoder_*", "only masked pre-training has a decoder")
                .leaveOut("mask_token", "only masked pre-training reads it");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        return super.dialect(source, notes).positions(PositionEmbedding.SINCOS_MAE);
    }
}
