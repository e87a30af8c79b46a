package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.CropMode;
import dev.vitrail.imaging.Dialect;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.Stem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * timm's {@code config.json} for a network: the name of an architecture whose parts it has, and
 * {@code model_args} for its sizes. What is a class in timm and not a value (the norm's epsilon, a
 * gated MLP) can be told by the architecture only.
 */
final class TimmOutgoing {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double CLIP_EPSILON = 1e-5;

    private final ModelConfig config;
    private final Architecture model;
    private final List<String> notes = new ArrayList<>();

    private TimmOutgoing(ModelConfig config) {
        this.config = config;
        this.model = config.model();
    }

    static Outgoing of(ModelConfig config) {
        return new TimmOutgoing(config).outgoing();
    }

    private Outgoing outgoing() {
        boolean gated = model.mlp() == MlpKind.SWIGLU;
        new Naming.Requirements("timm")
                .require(
                        !(model.stem() instanceof Stem.Convolution),
                        "stem",
                        "\"convolution\"",
                        "\"patch\" or \"resnet\"")
                .require(
                        model.patchBias() == !model.preNorm(),
                        "patch_bias",
                        model.patchBias(),
                        "true without pre_norm and false with it")
                .require(
                        model.pooling() != Pooling.TOKEN_AND_MEAN,
                        "pool",
                        model.pooling().id(),
                        "token, mean or attention")
                .require(model.preLogits() == 0, "pre_logits", model.preLogits(), "0")
                .require(
                        model.normEpsilon() == Architecture.DEFAULT_NORM_EPSILON
                                || model.normEpsilon() == CLIP_EPSILON && isPlain(),
                        "norm_eps",
                        model.normEpsilon(),
                        isPlain() ? "1e-6 or 1e-5" : "1e-6 beside its other parts")
                .require(
                        !gated || model.stem() == Stem.PATCH && !model.distillationToken(),
                        "mlp",
                        model.mlp().id(),
                        "plain beside its other parts")
                .require(
                        !model.distillationToken()
                                || model.stem() == Stem.PATCH && model.registers() == 0,
                        "distillation_token",
                        "true",
                        "false beside its other parts")
                .require(
                        !model.distillationToken() || !model.positionsOnPatchesOnly(),
                        "positions_on_patches_only",
                        "true",
                        "false with a distillation token");
        ObjectNode root = JSON.objectNode();
        root.put("architecture", architecture());
        root.put("num_classes", Naming.classes(config));
        root.put("num_features", model.dim());
        root.put("global_pool", globalPool());
        if (hasHead() && !(config.labels() instanceof Labels.Counted)) {
            config.labels().names().forEach(root.putArray("label_names")::add);
        }
        root.set("model_args", arguments());
        root.set("pretrained_cfg", pretrained());
        return new Outgoing(
                architecture(), Timm.table(), Map.of(), Map.of("config.json", root), notes);
    }

    private boolean hasHead() {
        return Naming.classes(config) > 0;
    }

    private boolean isPlain() {
        return model.stem() == Stem.PATCH
                && model.mlp() == MlpKind.PLAIN
                && !model.distillationToken();
    }

    private String architecture() {
        if (model.stem() instanceof Stem.ResNet resNet) {
            return hybrid(resNet);
        }
        if (model.distillationToken()) {
            return "deit_base_distilled_patch16_224";
        }
        if (model.mlp() == MlpKind.SWIGLU) {
            return "vit_giant_patch14_dinov2";
        }
        return model.normEpsilon() == CLIP_EPSILON
                ? "vit_base_patch16_clip_224"
                : "vit_base_patch16_224";
    }

    private static String hybrid(Stem.ResNet resNet) {
        Optional<String> name =
                Optional.ofNullable(
                        Map.of(
                                        List.of(), "vit_tiny_r_s16_p8_224",
                                        List.of(2, 2, 2, 2), "vit_small_r26_s32_224",
                                        List.of(3, 4, 9), "vit_base_r50_s16_224",
                                        List.of(3, 4, 6, 3), "vit_large_r50_s32_224")
                                .get(resNet.depths()));
        new Naming.Requirements("timm")
                .require(
                        name.isPresent(),
                        "stem.depths",
                        resNet.depths(),
                        "[], [2, 2, 2, 2], [3, 4, 9] or [3, 4, 6, 3]")
                .require(resNet.width() == 64, "stem.width", resNet.width(), "64");
        return name.orElseThrow();
    }

    private String globalPool() {
        return switch (model.pooling()) {
            case TOKEN -> "token";
            case MEAN -> "avg";
            case ATTENTION -> "map";
            case TOKEN_AND_MEAN -> throw new IllegalStateException("refused before");
        };
    }

    private ObjectNode arguments() {
        ObjectNode arguments = JSON.objectNode();
        putEdges(arguments, "img_size", model.imageHeight(), model.imageWidth());
        if (model.stem() == Stem.PATCH) {
            arguments.put("patch_size", model.patchSize());
        }
        arguments.put("embed_dim", model.dim());
        arguments.put("depth", model.depth());
        arguments.put("num_heads", model.heads());
        arguments.put("mlp_ratio", ratio());
        arguments.put("qkv_bias", model.qkvBias());
        arguments.put("qk_norm", model.qkNorm());
        if (model.layerScale() > 0) {
            arguments.put("init_values", model.layerScale());
        } else {
            arguments.putNull("init_values");
        }
        arguments.put("pre_norm", model.preNorm());
        arguments.put("final_norm", model.finalNorm());
        arguments.put("fc_norm", model.fcNorm());
        arguments.put("global_pool", globalPool());
        if (!model.distillationToken()) {
            arguments.put("class_token", model.classToken());
            arguments.put("reg_tokens", model.registers());
            arguments.put("no_embed_class", model.positionsOnPatchesOnly());
        }
        if (model.mlp() == MlpKind.PLAIN) {
            arguments.put("act_layer", activation(model.activation()));
        }
        return arguments;
    }

    private static String activation(ActivationKind activation) {
        return switch (activation) {
            case GELU -> "gelu";
            case GELU_TANH -> "gelu_tanh";
            case QUICK_GELU -> "quick_gelu";
        };
    }

    /** timm truncates the width of the product, and a gated MLP's has both halves. */
    private double ratio() {
        int width = model.mlpDim() * model.mlp().branches();
        double ratio = (double) width / model.dim();
        return (int) (model.dim() * ratio) == width ? ratio : (width + 0.5) / model.dim();
    }

    private ObjectNode pretrained() {
        ObjectNode node = JSON.objectNode();
        Preprocessing steps = config.preprocessing();
        node.put("tag", "vitrail");
        node.put("custom_load", false);
        node.putArray("input_size").add(3).add(model.imageHeight()).add(model.imageWidth());
        node.put("fixed_input_size", true);
        steps.mean().forEach(node.putArray("mean")::add);
        steps.std().forEach(node.putArray("std")::add);
        node.put("num_classes", Naming.classes(config));
        node.put(
                "first_conv",
                model.stem() == Stem.PATCH ? "patch_embed.proj" : "patch_embed.backbone.stem.conv");
        if (model.distillationToken()) {
            node.putArray("classifier").add("head").add("head_dist");
        } else {
            node.put("classifier", "head");
        }
        node.put("interpolation", steps.interpolation().name().toLowerCase(Locale.ROOT));
        CropMode mode = cropMode(steps.resize());
        node.put("crop_mode", mode.name().toLowerCase(Locale.ROOT));
        Optional<Double> share = share(steps, mode);
        node.put("crop_pct", share.orElse(1.0));
        if (share.isEmpty() || !isTimms(steps)) {
            notes.add(
                    "timm has no preprocessing that is quite this one; compare before you rely on"
                            + " pretrained_cfg");
        }
        return node;
    }

    private static boolean isTimms(Preprocessing steps) {
        return steps.dialect() == Dialect.TORCHVISION
                && steps.interpolation() != Interpolation.AREA
                && steps.rescaleFactor() == Preprocessing.BYTE_TO_UNIT;
    }

    private static CropMode cropMode(Resize resize) {
        if (resize instanceof Resize.Exact) {
            return CropMode.SQUASH;
        }
        return resize.cropMode().orElse(CropMode.CENTER);
    }

    /** The {@code crop_pct} from which timm computes this very resize, if there is one. */
    private static Optional<Double> share(Preprocessing steps, CropMode mode) {
        Extent crop = steps.crop();
        double exact = (double) crop.height() / steps.resize().height();
        // The nearest with few digits first: 0.9 gives the 248 that 224/248 gives too.
        for (int digits = 1; digits <= 4; digits++) {
            double scale = Math.pow(10, digits);
            for (double near : List.of(Math.floor(exact * scale), Math.ceil(exact * scale))) {
                double share = near / scale;
                if (share > 0 && gives(share, mode, steps)) {
                    return Optional.of(share);
                }
            }
        }
        return gives(exact, mode, steps) ? Optional.of(exact) : Optional.empty();
    }

    private static boolean gives(double share, CropMode mode, Preprocessing steps) {
        Extent crop = steps.crop();
        return mode.to(
                        (int) Math.floor(crop.height() / share),
                        (int) Math.floor(crop.width() / share))
                .equals(steps.resize());
    }

    private static void putEdges(ObjectNode node, String key, int height, int width) {
        if (height == width) {
            node.put(key, height);
        } else {
            node.putArray(key).add(height).add(width);
        }
    }
}
