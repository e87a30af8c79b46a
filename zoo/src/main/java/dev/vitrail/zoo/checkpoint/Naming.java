package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ModelConfig;
import java.util.Locale;

/** A project whose tensor names and config files a run is written in. */
public enum Naming {
    /** PyTorch image models: {@code config.json} with {@code pretrained_cfg}. */
    TIMM {
        @Override
        Outgoing outgoing(ModelConfig config) {
            return TimmOutgoing.of(config);
        }
    },
    /**
     * Transformers: {@code config.json} and {@code preprocessor_config.json} of the vision model
     * that has such a network, of ViT, DeiT, DINOv2, CLIP and SigLIP.
     */
    HUGGINGFACE {
        @Override
        Outgoing outgoing(ModelConfig config) {
            return HuggingFaceOutgoing.of(config);
        }
    },
    /** torchvision's state dictionary, which has no config. */
    TORCHVISION {
        @Override
        Outgoing outgoing(ModelConfig config) {
            return TorchvisionOutgoing.of(config);
        }
    };

    /** As it is given on a command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * How a model is written.
     *
     * @throws CheckpointException naming the first key of the config that the project's networks do
     *     not have
     */
    abstract Outgoing outgoing(ModelConfig config);

    /** The logits of a model, or 0 where it is an encoder that was trained without labels. */
    static int classes(ModelConfig config) {
        return config.pretraining().isPresent() ? 0 : config.labels().count();
    }

    /** Refuses one key after the other that another project's networks do not have. */
    static final class Requirements {
        private final String project;

        Requirements(String project) {
            this.project = project;
        }

        Requirements require(boolean holds, String key, Object value, String right) {
            if (!holds) {
                throw new CheckpointException(
                        "model." + key + " is " + value,
                        project + " has no such network, must be " + right);
            }
            return this;
        }

        /** What all of them lack that only some of our networks have. */
        Requirements plainSequence(Architecture model) {
            return require(model.registers() == 0, "registers", model.registers(), "0")
                    .require(!model.distillationToken(), "distillation_token", "true", "false")
                    .require(
                            !model.positionsOnPatchesOnly() || !model.classToken(),
                            "positions_on_patches_only",
                            "true",
                            "false");
        }
    }
}
