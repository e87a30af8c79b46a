package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionResampling;
import java.util.List;
import java.util.Optional;

/**
 * DINOv2's own files (facebookresearch/dinov2): timm's names but for the gated MLP and the register
 * tokens, whose networks have a position for the class token that is folded here.
 */
final class Dinov2 extends Timm {

    @Override
    public String id() {
        return "DINOv2";
    }

    @Override
    public boolean recognises(Source source) {
        return super.recognises(source)
                && (source.has("register_tokens")
                        || source.has("mask_token")
                        || source.hasAny("blocks.*.mlp.w12.*")
                        || source.hasAny("linear_head.*"));
    }

    @Override
    public NameMap names(Source source) {
        NameMap names = new NameMap();
        if (source.has("register_tokens")) {
            names.row(
                    List.of("cls_token", "pos_embed"),
                    List.of("cls_token", "pos_embed"),
                    ClassRow.FOLDED);
        }
        names.row("register_tokens", "reg_token")
                .layer("blocks.{i}.mlp.w12", "blocks.{i}.mlp.fc1")
                .layer("blocks.{i}.mlp.w3", "blocks.{i}.mlp.fc2")
                .layer("linear_head", "head")
                .leaveOut("mask_token", "only masked pre-training reads it");
        return names.addAll(super.names(source));
    }

    /** The networks with registers resample positions with antialiasing, those before without. */
    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect =
                super.dialect(source, notes)
                        .resampling(
                                source.has("register_tokens")
                                        ? PositionResampling.BICUBIC_ANTIALIAS
                                        : PositionResampling.BICUBIC);
        return source.hasAny("linear_head.*")
                ? dialect.pooling(Optional.of(Pooling.TOKEN_AND_MEAN))
                : dialect;
    }
}
