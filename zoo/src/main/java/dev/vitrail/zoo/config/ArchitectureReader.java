package dev.vitrail.zoo.config;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads the {@code model} object. */
final class ArchitectureReader {

    /**
     * Neither weights nor one image's activations may take more than these 16 TiB: far beyond any
     * machine, so only a slip of the keyboard asks for it.
     */
    private static final long MAXIMUM_BYTES = 1L << 44;

    private static final int MAXIMUM_EDGE = 65_536;
    private static final int MAXIMUM_DIM = 1 << 20;
    private static final int MAXIMUM_DEPTH = 10_000;

    private final Section section;
    private final int classes;
    private final Consumer<Section> close;

    private ArchitectureReader(Section section, int classes, Consumer<Section> close) {
        this.section = section;
        this.classes = classes;
        this.close = close;
    }

    /**
     * The network, or null where it has problems, which are noted then.
     *
     * @param close takes each nested object once it is read
     */
    static Architecture read(Section section, int classes, Consumer<Section> close) {
        return new ArchitectureReader(section, classes, close).read();
    }

    private Architecture read() {
        List<Integer> size = section.edges("image_size", 1, MAXIMUM_EDGE, null);
        Integer patchSize = section.integer("patch_size", 1, MAXIMUM_EDGE, null);
        Integer channels = section.integer("channels", 1, MAXIMUM_EDGE, 3);
        Stem stem = StemReader.read(section, close);
        Boolean patchBias = section.flag("patch_bias", true);
        Boolean classToken = section.flag("class_token", true);
        Boolean distillationToken = section.flag("distillation_token", false);
        Integer registers = section.integer("registers", 0, MAXIMUM_EDGE, 0);
        PositionEmbedding positions =
                section.choice(
                        "position_embedding",
                        PositionEmbedding.values(),
                        PositionEmbedding::id,
                        PositionEmbedding.LEARNED);
        Boolean positionsOnPatchesOnly = section.flag("positions_on_patches_only", false);
        PositionResampling resampling =
                section.choice(
                        "position_resampling",
                        PositionResampling.values(),
                        PositionResampling::id,
                        PositionResampling.BICUBIC_ANTIALIAS);
        Boolean preNorm = section.flag("pre_norm", false);
        Integer dim = section.integer("dim", 1, MAXIMUM_DIM, null);
        Integer depth = section.integer("depth", 1, MAXIMUM_DEPTH, null);
        Integer heads = section.integer("heads", 1, MAXIMUM_DIM, null);
        Boolean qkvBias = section.flag("qkv_bias", true);
        Boolean qkNorm = section.flag("qk_norm", false);
        Double layerScale = section.number("layer_scale", Range.NOT_NEGATIVE, 0.0);
        int ratio = Architecture.DEFAULT_MLP_RATIO;
        Integer mlpDim =
                section.integer("mlp_dim", 1, 16 * MAXIMUM_DIM, dim == null ? ratio : ratio * dim);
        MlpKind mlp = section.choice("mlp", MlpKind.values(), MlpKind::id, MlpKind.PLAIN);
        ActivationKind activation =
                section.choice(
                        "activation",
                        ActivationKind.values(),
                        ActivationKind::id,
                        ActivationKind.GELU);
        Double epsilon =
                section.number("norm_eps", Range.EPSILON, Architecture.DEFAULT_NORM_EPSILON);
        Boolean finalNorm = section.flag("final_norm", true);
        Boolean fcNorm = section.flag("fc_norm", false);
        Pooling pooling = section.choice("pool", Pooling.values(), Pooling::id, Pooling.TOKEN);
        Integer preLogits = section.integer("pre_logits", 0, MAXIMUM_DIM, 0);
        Double dropout = section.number("dropout", Range.SHARE, 0.0);
        Double attentionDropout = section.number("attention_dropout", Range.SHARE, 0.0);
        Double dropPath = section.number("drop_path", Range.SHARE, 0.0);

        boolean fits =
                checkPatch(size, patchSize)
                        & checkStem(stem, patchSize)
                        & checkHeads(dim, heads)
                        & checkPositions(positions, dim)
                        & checkChannels(channels)
                        & checkTokens(classToken, distillationToken, pooling)
                        & checkHead(finalNorm, fcNorm, distillationToken, preLogits);
        boolean read =
                Stream.of(
                                patchBias,
                                registers,
                                positionsOnPatchesOnly,
                                resampling,
                                preNorm,
                                depth,
                                qkvBias,
                                qkNorm,
                                layerScale,
                                mlpDim,
                                mlp,
                                activation,
                                epsilon,
                                dropout,
                                attentionDropout,
                                dropPath)
                        .allMatch(Objects::nonNull);
        if (!fits || !read) {
            return null;
        }
        Architecture network =
                new ArchitectureBuilder()
                        .imageSize(size.get(0), size.get(1))
                        .patchSize(patchSize)
                        .channels(channels)
                        .stem(stem)
                        .patchBias(patchBias)
                        .classToken(classToken)
                        .distillationToken(distillationToken)
                        .registers(registers)
                        .positionEmbedding(positions)
                        .positionsOnPatchesOnly(positionsOnPatchesOnly)
                        .positionResampling(resampling)
                        .preNorm(preNorm)
                        .dim(dim)
                        .depth(depth)
                        .heads(heads)
                        .qkvBias(qkvBias)
                        .qkNorm(qkNorm)
                        .layerScale(layerScale)
                        .mlpDim(mlpDim)
                        .mlp(mlp)
                        .activation(activation)
                        .normEpsilon(epsilon)
                        .finalNorm(finalNorm)
                        .fcNorm(fcNorm)
                        .pooling(pooling)
                        .preLogits(preLogits)
                        .dropout(dropout)
                        .attentionDropout(attentionDropout)
                        .dropPath(dropPath)
                        .build();
        return checkSize(network) ? network : null;
    }

    private boolean checkStem(Stem stem, Integer patch) {
        if (stem == null || patch == null) {
            return false;
        }
        if (patch % stem.stride() != 0) {
            section.refuse(
                    "patch_size", "a multiple of the stride of model.stem (" + stem.stride() + ")");
            return false;
        }
        return true;
    }

    private boolean checkPositions(PositionEmbedding positions, Integer dim) {
        if (positions != null && dim != null && !positions.isLearned() && dim % 4 != 0) {
            section.refuse("dim", "a multiple of 4 for position_embedding " + positions.id());
            return false;
        }
        if (positions == PositionEmbedding.SINCOS_BIG_VISION && dim != null && dim < 8) {
            section.refuse("dim", "at least 8 for position_embedding " + positions.id());
            return false;
        }
        return positions != null;
    }

    private boolean checkTokens(Boolean classToken, Boolean distillation, Pooling pooling) {
        if (classToken == null || distillation == null || pooling == null) {
            return false;
        }
        if (!classToken && (pooling.readsClassToken() || distillation)) {
            section.refuse(
                    "class_token",
                    distillation
                            ? "true, since distillation_token is"
                            : "true where pool is \"" + pooling.id() + "\", or pool \"mean\"");
            return false;
        }
        if (distillation && pooling != Pooling.TOKEN) {
            section.refuse("pool", "\"token\", since distillation_token is true");
            return false;
        }
        return true;
    }

    private boolean checkHead(
            Boolean finalNorm, Boolean fcNorm, Boolean distillation, Integer preLogits) {
        if (finalNorm == null || fcNorm == null || distillation == null || preLogits == null) {
            return false;
        }
        if (fcNorm && !finalNorm) {
            section.refuse("fc_norm", "false, since final_norm is");
            return false;
        }
        if (distillation && preLogits != 0) {
            section.refuse("pre_logits", "0, since distillation_token is true");
            return false;
        }
        return true;
    }

    private boolean checkPatch(List<Integer> size, Integer patch) {
        if (size == null || patch == null) {
            return false;
        }
        for (int edge : size) {
            if (edge % patch != 0) {
                int below = edge / patch * patch;
                String nearest =
                        below == 0
                                ? patch + " is the smallest"
                                : below + " and " + (below + patch) + " are";
                section.refuse(
                        "image_size", "a multiple of model.patch_size (" + patch + "); " + nearest);
                return false;
            }
        }
        return true;
    }

    private boolean checkHeads(Integer dim, Integer heads) {
        if (dim == null || heads == null) {
            return false;
        }
        if (dim % heads == 0) {
            return true;
        }
        int below =
                IntStream.iterate(Math.min(heads, dim), h -> h - 1)
                        .filter(h -> dim % h == 0)
                        .findFirst()
                        .orElse(1);
        int above =
                IntStream.rangeClosed(Math.min(heads, dim), dim)
                        .filter(h -> dim % h == 0)
                        .findFirst()
                        .orElse(dim);
        int dimBelow = dim / heads * heads;
        String dims = (dimBelow == 0 ? "" : dimBelow + " or ") + (dimBelow + heads);
        section.refuse(
                "heads",
                String.format(
                        "a divisor of model.dim (%d); %s, or make model.dim %s",
                        dim,
                        below == above ? below + " is" : below + " and " + above + " are",
                        dims));
        return false;
    }

    private boolean checkChannels(Integer channels) {
        if (channels != null && channels != 3) {
            section.refuse("channels", "3, since images are read as RGB");
        }
        return channels != null && channels == 3;
    }

    private boolean checkSize(Architecture network) {
        String bytes;
        try {
            ModelPlan plan = ModelPlan.of(network, classes);
            long largest = Math.max(plan.weightBytes(), plan.activationBytes());
            if (largest <= MAXIMUM_BYTES) {
                return true;
            }
            bytes = Long.toString(largest);
        } catch (ArithmeticException e) {
            bytes = "more than " + Long.MAX_VALUE;
        }
        section.noteSelf(
                "needs "
                        + bytes
                        + " bytes for its weights or one image, must need at most "
                        + MAXIMUM_BYTES
                        + "; image_size, patch_size, dim and depth decide");
        return false;
    }
}
