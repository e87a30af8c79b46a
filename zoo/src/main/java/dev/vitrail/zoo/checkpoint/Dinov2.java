package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Architecture;
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

    /**
     * The hub's classifiers are of one block, or of the last four: the class tokens of each and the
     * mean of the last one's patches, side by side (dinov2/hub/classifiers.py).
     */
    @Override
    public Optional<String> reasonOfShape(String tensor, Shape shape, Architecture found) {
        boolean wide =
                tensor.equals("linear_head.weight")
                        && shape.dimension() == 2
                        && shape.get(1) % found.dim() == 0
                        && shape.get(1) > 2L * found.dim();
        return wide
                ? Optional.of(
                        String.format(
                                "it reads the class tokens of the last %d encoder blocks and the"
                                        + " mean of the patches, side by side, and a head here"
                                        + " reads those of the last block alone, so that it would"
                                        + " be (%d, %d); take the checkpoint with layers=1, or give"
                                        + " a new head by --reset-head",
                                shape.get(1) / found.dim() - 1, shape.get(0), 2 * found.dim()))
                : Optional.empty();
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
