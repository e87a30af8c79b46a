package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.config.Stem;
import java.util.List;
import java.util.Optional;

/** torchvision's {@code VisionTransformer}, whose state dictionaries have no config beside them. */
final class Torchvision implements Family {

    private static final String LAYER = "encoder.layers.encoder_layer_{i}.";

    private static final Stem CONVOLUTIONS = Stem.Convolution.halving(List.of(1));

    @Override
    public String id() {
        return "torchvision";
    }

    @Override
    public boolean recognises(Source source) {
        return source.hasAny("encoder.layers.encoder_layer_*");
    }

    @Override
    public NameMap names(Source source) {
        return table(source.hasAny("conv_proj.conv_*") ? CONVOLUTIONS : Stem.PATCH)
                .layer(LAYER + "mlp.linear_1", "blocks.{i}.mlp.fc1") // before 0.13
                .layer(LAYER + "mlp.linear_2", "blocks.{i}.mlp.fc2")
                .leaveOut("*.num_batches_tracked", "counts training steps");
    }

    /** The projection is called otherwise behind convolutions, of whatever number. */
    static NameMap table(Stem before) {
        NameMap names =
                new NameMap()
                        .row("class_token", "cls_token")
                        .row("encoder.pos_embedding", "pos_embed")
                        .layer(
                                before == Stem.PATCH ? "conv_proj" : "conv_proj.conv_last",
                                "patch_embed.proj")
                        .layer(LAYER + "ln_1", "blocks.{i}.norm1");
        String stem = "conv_proj.conv_bn_relu_{n}.";
        names.row(stem + "0.weight", "patch_embed.backbone.{n}.conv.weight");
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
            names.row(stem + "1." + part, "patch_embed.backbone.{n}.bn." + part);
        }
        for (String part : List.of("weight", "bias")) {
            names.row(LAYER + "self_attention.in_proj_" + part, "blocks.{i}.attn.qkv." + part);
        }
        return names.layer(LAYER + "self_attention.out_proj", "blocks.{i}.attn.proj")
                .layer(LAYER + "ln_2", "blocks.{i}.norm2")
                .layer(LAYER + "mlp.0", "blocks.{i}.mlp.fc1")
                .layer(LAYER + "mlp.3", "blocks.{i}.mlp.fc2")
                .layer("encoder.ln", "norm")
                .layer("heads.pre_logits", "pre_logits.fc")
                .layer("heads.head", "head");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        return new Dialect().resampling(PositionResampling.BICUBIC_ALIGNED);
    }

    @Override
    public void check(Source source, Architecture found) {
        // There is no config that could say something else.
    }

    @Override
    public Optional<Labels> labels(Source source, List<String> notes) {
        return Optional.empty();
    }

    /** The transforms of {@code ViT_*_Weights}, by the shapes that they belong to. */
    @Override
    public Preprocessing preprocessing(Source source, Architecture found, List<String> notes) {
        int size = found.imageHeight();
        boolean square = size == found.imageWidth();
        boolean fineTuned = size > 224 || found.dim() == 1280; // SWAG
        boolean largePatch16 = found.dim() == 1024 && found.patchSize() == 16;
        int edge = fineTuned ? size : largePatch16 ? 242 : Math.round(size * 256f / 224);
        notes.add(
                "torchvision writes no preprocessing: it is that of its "
                        + (fineTuned ? "SWAG" : "ImageNet V1")
                        + " weights of this shape");
        return new Preprocessing(
                square ? new Resize.ShortEdge(edge) : new Resize.Exact(size, found.imageWidth()),
                new Extent(size, found.imageWidth()),
                fineTuned ? Interpolation.BICUBIC : Interpolation.BILINEAR,
                TimmPreprocessing.IMAGENET_MEAN,
                TimmPreprocessing.IMAGENET_STD,
                ExifOrientation.IGNORE);
    }
}
