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

    /** Where the networks are that the hub puts a linear classifier behind. */
    private static final String BACKBONE = "backbone.";

    @Override
    public String id() {
        return "DINOv2";
    }

    @Override
    public boolean recognises(Source source) {
        String prefix = prefix(source);
        return (source.hasAny(prefix + "blocks.*.attn.qkv.*")
                        || source.hasAny(prefix + "blocks.*.norm1.*"))
                && (hasRegisters(source)
                        || source.has(prefix + "mask_token")
                        || source.hasAny(prefix + "blocks.*.mlp.w12.*")
                        || source.hasAny("linear_head.*"));
    }

    private static String prefix(Source source) {
        return source.hasAny(BACKBONE + "blocks.*") ? BACKBONE : "";
    }

    private static boolean hasRegisters(Source source) {
        return source.has(prefix(source) + "register_tokens");
    }

    @Override
    public NameMap names(Source source) {
        NameMap names = new NameMap();
        if (hasRegisters(source)) {
            names.row(
                    List.of("cls_token", "pos_embed"),
                    List.of("cls_token", "pos_embed"),
                    ClassRow.FOLDED);
        }
        names.row("register_tokens", "reg_token")
                .layer("blocks.{i}.mlp.w12", "blocks.{i}.mlp.fc1")
                .layer("blocks.{i}.mlp.w3", "blocks.{i}.mlp.fc2")
                .leaveOut("mask_token", "only masked pre-training reads it")
                .addAll(super.names(source));
        return new NameMap().layer("linear_head", "head").addAll(names.below(prefix(source)));
    }

    /** The networks with registers resample positions in another way than those before them. */
    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect =
                super.dialect(source, notes)
                        .resampling(
                                hasRegisters(source)
                                        ? PositionResampling.BICUBIC_ANTIALIAS
                                        : PositionResampling.BICUBIC_OFFSET);
        return source.hasAny("linear_head.*")
                ? dialect.pooling(Optional.of(Pooling.TOKEN_AND_MEAN))
                : dialect;
    }
}
