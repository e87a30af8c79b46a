package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.Stem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as one of transformers' vision models. Which one follows from what only that one has;
 * what it lacks is refused then.
 */
final class HuggingFaceOutgoing {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ModelConfig config;
    private final Architecture model;
    private final List<String> notes = new ArrayList<>();

    private HuggingFaceOutgoing(ModelConfig config) {
        this.config = config;
        this.model = config.model();
    }

    static Outgoing of(ModelConfig config) {
        return new HuggingFaceOutgoing(config).outgoing();
    }

    private Outgoing outgoing() {
        if (model.distillationToken()) {
            return deit();
        }
        if (model.layerScale() > 0 || model.pooling() == Pooling.TOKEN_AND_MEAN) {
            return dinov2();
        }
        if (model.preNorm()) {
            return clip();
        }
        return model.classToken() ? vit() : siglip();
    }

    private Outgoing vit() {
        requireCommon("ViT", true, true)
                .plainSequence(model)
                .require(
                        !hasHead() || model.pooling() == Pooling.TOKEN,
                        "pool",
                        model.pooling().id(),
                        "token")
                .require(model.finalNorm(), "final_norm", "false", "true")
                .require(model.mlp() == MlpKind.PLAIN, "mlp", model.mlp().id(), "plain");
        return hasHead()
                ? vit("vit", "ViTForImageClassification", "vit.")
                : vitEncoder("vit", "ViTModel");
    }

    private Outgoing deit() {
        requireCommon("DeiT", true, true)
                .require(model.registers() == 0, "registers", model.registers(), "0")
                .require(
                        !model.positionsOnPatchesOnly(),
                        "positions_on_patches_only",
                        "true",
                        "false")
                .require(model.layerScale() == 0, "layer_scale", model.layerScale(), "0")
                .require(!model.preNorm(), "pre_norm", "true", "false")
                .require(model.finalNorm(), "final_norm", "false", "true")
                .require(model.mlp() == MlpKind.PLAIN, "mlp", model.mlp().id(), "plain");
        return hasHead()
                ? vit("deit", "DeiTForImageClassificationWithTeacher", "deit.")
                : vitEncoder("deit", "DeiTModel");
    }

    private Outgoing vitEncoder(String type, String architecture) {
        notes.add(
                architecture
                        + " is to be loaded with add_pooling_layer=False: no pooler was trained");
        return vit(type, architecture, "");
    }

    private Outgoing vit(String type, String architecture, String prefix) {
        ObjectNode root = root(type, architecture);
        putSizes(root);
        root.put("qkv_bias", model.qkvBias());
        root.put("intermediate_size", model.mlpDim());
        root.put("hidden_dropout_prob", model.dropout());
        root.put("attention_probs_dropout_prob", model.attentionDropout());
        putLabels(root);
        NameMap names =
                HuggingFaceVit.table(prefix, type.equals("deit") ? "cls_classifier" : "classifier");
        return outgoing(architecture, names, Map.of(), root);
    }

    private Outgoing dinov2() {
        boolean registers = model.registers() > 0;
        String type = registers ? "dinov2_with_registers" : "dinov2";
        requireCommon("DINOv2", true, true)
                .require(model.classToken(), "class_token", "false", "true")
                .require(
                        model.layerScale() > 0,
                        "layer_scale",
                        model.layerScale(),
                        "above 0 where pool is token_and_mean")
                .require(
                        !hasHead() || model.pooling() == Pooling.TOKEN_AND_MEAN,
                        "pool",
                        model.pooling().id(),
                        "token_and_mean where there is layer scale")
                .require(!model.preNorm(), "pre_norm", "true", "false")
                .require(model.finalNorm(), "final_norm", "false", "true")
                .require(
                        model.positionsOnPatchesOnly() == registers,
                        "positions_on_patches_only",
                        model.positionsOnPatchesOnly(),
                        registers + " with " + model.registers() + " registers");
        ObjectNode root =
                root(
                        type,
                        (registers ? "Dinov2WithRegisters" : "Dinov2")
                                + (hasHead() ? "ForImageClassification" : "Model"));
        putSizes(root);
        root.put("qkv_bias", model.qkvBias());
        putMlpRatio(root);
        root.put("use_swiglu_ffn", model.mlp() == MlpKind.SWIGLU);
        root.put("layerscale_value", model.layerScale());
        root.put("hidden_dropout_prob", model.dropout());
        root.put("attention_probs_dropout_prob", model.attentionDropout());
        root.put("drop_path_rate", model.dropPath());
        if (registers) {
            root.put("num_register_tokens", model.registers());
        }
        putLabels(root);
        String tower = registers ? HuggingFaceDinov2.WITH_REGISTERS : HuggingFaceDinov2.PLAIN;
        String prefix = hasHead() ? tower : "";
        Map<String, Tensor> maskToken =
                Map.of(
                        prefix + "embeddings.mask_token",
                        Tensor.of(new Shape(1, model.dim()), new float[model.dim()]));
        return outgoing(
                root.get("architectures").get(0).textValue(),
                HuggingFaceDinov2.table(prefix, registers, model.mlp()),
                maskToken,
                root);
    }

    private Outgoing clip() {
        requireCommon("CLIP", false, false)
                .plainSequence(model)
                .require(model.classToken(), "class_token", "false", "true where pre_norm is")
                .require(model.preNorm(), "pre_norm", "false", "true")
                .require(
                        !hasHead() || model.pooling() == Pooling.MEAN,
                        "pool",
                        model.pooling().id(),
                        "mean where pre_norm is true")
                .require(
                        hasHead() != model.finalNorm(),
                        "final_norm",
                        model.finalNorm(),
                        (hasHead() ? "false" : "true") + " where pre_norm is true")
                .require(model.mlp() == MlpKind.PLAIN, "mlp", model.mlp().id(), "plain")
                .require(model.qkvBias(), "qkv_bias", "false", "true");
        NameMap names = HuggingFaceClip.table(HuggingFaceClip.TOWER);
        if (!hasHead()) {
            names.layer(HuggingFaceClip.TOWER + "post_layernorm", "norm");
            return tower("clip", "CLIPVisionModel", names, Map.of());
        }
        float[] ones = new float[model.dim()];
        Arrays.fill(ones, 1);
        Shape width = new Shape(model.dim());
        Map<String, Tensor> norm = new LinkedHashMap<>();
        norm.put(HuggingFaceClip.TOWER + "post_layernorm.weight", Tensor.of(width, ones));
        norm.put(
                HuggingFaceClip.TOWER + "post_layernorm.bias",
                Tensor.of(width, new float[model.dim()]));
        return tower("clip", "CLIPForImageClassification", names, norm);
    }

    private Outgoing siglip() {
        requireCommon("SigLIP", true, false)
                .plainSequence(model)
                .require(model.pooling() == Pooling.MEAN, "pool", model.pooling().id(), "mean")
                .require(model.finalNorm(), "final_norm", "false", "true")
                .require(model.mlp() == MlpKind.PLAIN, "mlp", model.mlp().id(), "plain")
                .require(model.qkvBias(), "qkv_bias", "false", "true");
        return tower(
                "siglip",
                hasHead() ? "SiglipForImageClassification" : "SiglipVisionModel",
                HuggingFaceSiglip.table(HuggingFaceClip.TOWER),
                Map.of());
    }

    /** A model of images and text, of which classifier and encoder have the image's half only. */
    private Outgoing tower(
            String type, String architecture, NameMap names, Map<String, Tensor> fillers) {
        String visionType = type + "_vision_model";
        ObjectNode root = root(hasHead() ? type : visionType, architecture);
        ObjectNode vision = hasHead() ? root.putObject("vision_config") : root;
        vision.put("model_type", visionType);
        putSizes(vision);
        vision.put("intermediate_size", model.mlpDim());
        vision.put("attention_dropout", model.attentionDropout());
        if (type.equals("siglip")) {
            vision.put("vision_use_head", false);
        }
        putLabels(root);
        return outgoing(architecture, names, fillers, root);
    }

    private Outgoing outgoing(
            String architecture, NameMap names, Map<String, Tensor> fillers, ObjectNode root) {
        Map<String, ObjectNode> documents = new LinkedHashMap<>();
        documents.put("config.json", root);
        HuggingFaceProcessorWriter.write(config.preprocessing(), notes)
                .ifPresent(node -> documents.put("preprocessor_config.json", node));
        return new Outgoing(architecture, names, fillers, documents, notes);
    }

    private Naming.Requirements requireCommon(String project, boolean patchBias, boolean anyShape) {
        return new Naming.Requirements("Hugging Face's " + project)
                .require(
                        model.stem() == Stem.PATCH,
                        "stem",
                        model.stem() instanceof Stem.ResNet ? "\"resnet\"" : "\"convolution\"",
                        "\"patch\"")
                .require(
                        model.patchBias() == patchBias,
                        "patch_bias",
                        model.patchBias(),
                        Boolean.toString(patchBias))
                .require(
                        anyShape || model.imageHeight() == model.imageWidth(),
                        "image_size",
                        List.of(model.imageHeight(), model.imageWidth()),
                        "a square")
                .require(!model.qkNorm(), "qk_norm", "true", "false")
                .require(!model.fcNorm(), "fc_norm", "true", "false")
                .require(model.preLogits() == 0, "pre_logits", model.preLogits(), "0");
    }

    private static ObjectNode root(String type, String architecture) {
        ObjectNode root = JSON.objectNode();
        root.putArray("architectures").add(architecture);
        root.put("model_type", type);
        root.put("torch_dtype", "float32");
        return root;
    }

    private void putSizes(ObjectNode node) {
        if (model.imageHeight() == model.imageWidth()) {
            node.put("image_size", model.imageHeight());
        } else {
            node.putArray("image_size").add(model.imageHeight()).add(model.imageWidth());
        }
        node.put("patch_size", model.patchSize());
        node.put("num_channels", model.channels());
        node.put("hidden_size", model.dim());
        node.put("num_hidden_layers", model.depth());
        node.put("num_attention_heads", model.heads());
        node.put("hidden_act", activation(model.activation()));
        node.put("layer_norm_eps", model.normEpsilon());
    }

    private static String activation(ActivationKind activation) {
        return switch (activation) {
            case GELU -> "gelu";
            case GELU_TANH -> "gelu_pytorch_tanh";
            case QUICK_GELU -> "quick_gelu";
        };
    }

    /** DINOv2's configs have no width but a ratio, which its gated MLP rounds up to eights. */
    private void putMlpRatio(ObjectNode node) {
        boolean gated = model.mlp() == MlpKind.SWIGLU;
        for (int ratio = 1; ratio <= 64; ratio++) {
            int width = model.dim() * ratio;
            if (model.mlpDim() == (gated ? (width * 2 / 3 + 7) / 8 * 8 : width)) {
                node.put("mlp_ratio", ratio);
                return;
            }
        }
        new Naming.Requirements("Hugging Face's DINOv2")
                .require(
                        false,
                        "mlp_dim",
                        model.mlpDim(),
                        gated
                                ? "two thirds of a multiple of dim, rounded up to a multiple of 8"
                                : "a multiple of dim (" + model.dim() + ")");
    }

    private boolean hasHead() {
        return Naming.classes(config) > 0;
    }

    private void putLabels(ObjectNode root) {
        if (!hasHead()) {
            return;
        }
        List<String> names = config.labels().names();
        ObjectNode byIndex = root.putObject("id2label");
        ObjectNode byLabel = root.putObject("label2id");
        for (int i = 0; i < names.size(); i++) {
            byIndex.put(Integer.toString(i), names.get(i));
            byLabel.put(names.get(i), i);
        }
    }
}
