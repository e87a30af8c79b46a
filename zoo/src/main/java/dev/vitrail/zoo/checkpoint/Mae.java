package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.PositionResampling;
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

    /**
     * Positions begin as sines and cosines, which pre-training does not change; fine-tuning does,
     * and for another image size it resamples those of the file (util/pos_embed.py) instead of
     * computing new ones. Only where the file has none are they computed.
     */
    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect = super.dialect(source, notes).resampling(PositionResampling.BICUBIC);
        return source.has("pos_embed") ? dialect : dialect.positions(PositionEmbedding.SINCOS_MAE);
    }
}
