package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.Stem;
import java.util.List;
import java.util.Map;

/** What torchvision's {@code VisionTransformer} can be. */
final class TorchvisionOutgoing {

    private TorchvisionOutgoing() {}

    static Outgoing of(ModelConfig config) {
        Architecture model = config.model();
        if (Naming.classes(config) == 0) {
            throw new CheckpointException(
                    config.name(),
                    "is an encoder without a head, and torchvision has no such network; timm and"
                            + " huggingface have");
        }
        new Naming.Requirements("torchvision")
                .require(!(model.stem() instanceof Stem.ResNet), "stem", "\"resnet\"", "\"patch\"")
                .require(model.patchBias(), "patch_bias", "false", "true")
                .require(model.classToken(), "class_token", "false", "true")
                .plainSequence(model)
                .require(
                        model.imageHeight() == model.imageWidth(),
                        "image_size",
                        List.of(model.imageHeight(), model.imageWidth()),
                        "a square")
                .require(!model.preNorm(), "pre_norm", "true", "false")
                .require(model.qkvBias(), "qkv_bias", "false", "true")
                .require(!model.qkNorm(), "qk_norm", "true", "false")
                .require(model.layerScale() == 0, "layer_scale", model.layerScale(), "0")
                .require(model.mlp() == MlpKind.PLAIN, "mlp", model.mlp().id(), "plain")
                .require(
                        model.activation() == ActivationKind.GELU,
                        "activation",
                        model.activation().id(),
                        "gelu")
                .require(
                        model.normEpsilon() == Architecture.DEFAULT_NORM_EPSILON,
                        "norm_eps",
                        model.normEpsilon(),
                        "1e-6")
                .require(model.pooling() == Pooling.TOKEN, "pool", model.pooling().id(), "token")
                .require(model.finalNorm(), "final_norm", "false", "true")
                .require(!model.fcNorm(), "fc_norm", "true", "false");
        return new Outgoing(
                "VisionTransformer",
                Torchvision.table(model.stem()),
                Map.of(),
                Map.of(),
                List.of("torchvision writes no config: labels and preprocessing stay behind"));
    }
}
