package dev.vitrail.zoo.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.config.TrainingConfig.Optimizer;

/** {@link ModelConfig} to JSON, in the order of the documentation. */
final class ConfigWriter {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ConfigWriter() {}

    static String toJson(ModelConfig config) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("name", config.name());
        root.set("model", model(config.model()));
        writeLabels(root, config.labels());
        root.set("preprocessing", MAPPER.valueToTree(config.preprocessing()));
        root.set("training", training(config.training()));
        config.pretraining().ifPresent(p -> root.set("pretraining", pretraining(p)));
        try {
            return MAPPER.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot fail to be written", e);
        }
    }

    private static ObjectNode model(Architecture model) {
        ObjectNode node = MAPPER.createObjectNode();
        if (model.imageHeight() == model.imageWidth()) {
            node.put("image_size", model.imageHeight());
        } else {
            node.putArray("image_size").add(model.imageHeight()).add(model.imageWidth());
        }
        node.put("patch_size", model.patchSize()).put("channels", model.channels());
        node.set("stem", stem(model.stem()));
        return node.put("patch_bias", model.patchBias())
                .put("class_token", model.classToken())
                .put("distillation_token", model.distillationToken())
                .put("registers", model.registers())
                .put("position_embedding", model.positionEmbedding().id())
                .put("positions_on_patches_only", model.positionsOnPatchesOnly())
                .put("position_resampling", model.positionResampling().id())
                .put("pre_norm", model.preNorm())
                .put("dim", model.dim())
                .put("depth", model.depth())
                .put("heads", model.heads())
                .put("qkv_bias", model.qkvBias())
                .put("qk_norm", model.qkNorm())
                .put("layer_scale", model.layerScale())
                .put("mlp_dim", model.mlpDim())
                .put("mlp", model.mlp().id())
                .put("activation", model.activation().id())
                .put("norm_eps", model.normEpsilon())
                .put("final_norm", model.finalNorm())
                .put("fc_norm", model.fcNorm())
                .put("pool", model.pooling().id())
                .put("pre_logits", model.preLogits())
                .put("dropout", model.dropout())
                .put("attention_dropout", model.attentionDropout())
                .put("drop_path", model.dropPath());
    }

    private static JsonNode stem(Stem stem) {
        if (stem instanceof Stem.Convolution convolution) {
            ObjectNode node = MAPPER.createObjectNode().put("type", StemReader.CONVOLUTION);
            convolution.channels().forEach(node.putArray("channels")::add);
            convolution.strides().forEach(node.putArray("strides")::add);
            return node;
        }
        if (stem instanceof Stem.ResNet resNet) {
            ObjectNode node = MAPPER.createObjectNode().put("type", StemReader.RESNET);
            resNet.depths().forEach(node.putArray("depths")::add);
            return node.put("width", resNet.width()).put("norm_eps", resNet.normEpsilon());
        }
        return MAPPER.getNodeFactory().textNode(StemReader.PATCH);
    }

    private static void writeLabels(ObjectNode root, Labels labels) {
        if (labels instanceof Labels.Listed listed) {
            listed.names().forEach(root.putArray("labels")::add);
        } else if (labels instanceof Labels.FromFile file) {
            root.putObject("labels").put("file", file.file());
        } else {
            root.putObject("labels").put("count", labels.count());
        }
    }

    private static ObjectNode training(TrainingConfig training) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("epochs", training.epochs());
        node.put("batch_size", training.batchSize());
        node.put("gradient_accumulation", training.accumulation());
        node.set("optimizer", optimizer(training.optimizer()));
        node.put("warmup_epochs", training.warmupEpochs());
        node.putObject("schedule")
                .put("type", training.schedule().type().id())
                .put("floor", training.schedule().floor())
                .put("decay_epochs", training.schedule().decayEpochs())
                .put("decay_rate", training.schedule().decayRate());
        node.put("clip_norm", training.clipNorm());
        node.put("label_smoothing", training.labelSmoothing());
        node.put("class_balance", training.classBalance().id());
        AugmentationsWriter.write(node.putObject("augmentation"), training.augmentation());
        training.average()
                .ifPresent(
                        average ->
                                node.putObject("ema")
                                        .put("decay", average.decay())
                                        .put("warmup", average.warmup()));
        training.freeze().forEach(node.putArray("freeze")::add);
        node.put("patience", training.patience());
        node.put("checkpoint_minutes", training.checkpointMinutes());
        node.put("seed", training.seed());
        node.put("validation_split", training.validationSplit());
        return node;
    }

    private static ObjectNode pretraining(PretrainingConfig pretraining) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("mask_ratio", pretraining.maskRatio());
        node.putObject("decoder")
                .put("dim", pretraining.decoder().dim())
                .put("depth", pretraining.decoder().depth())
                .put("heads", pretraining.decoder().heads());
        node.put("normalise_pixels", pretraining.normalisePixels());
        node.putArray("crop_scale").add(pretraining.minimumScale()).add(pretraining.maximumScale());
        node.put("horizontal_flip", pretraining.horizontalFlip());
        node.put("picture_epochs", pretraining.pictureEpochs());
        return node;
    }

    private static ObjectNode optimizer(Optimizer optimizer) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("type", optimizer.type().id());
        node.put("learning_rate", optimizer.learningRate());
        node.put("weight_decay", optimizer.weightDecay());
        node.put("layer_decay", optimizer.layerDecay());
        switch (optimizer.type()) {
            case ADAMW -> {
                node.putArray("betas").add(optimizer.beta1()).add(optimizer.beta2());
                node.put("epsilon", optimizer.epsilon());
            }
            case SGD -> {
                node.put("momentum", optimizer.momentum());
                node.put("nesterov", optimizer.nesterov());
            }
        }
        return node;
    }
}
