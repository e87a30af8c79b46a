package dev.vitrail.zoo.config;

import java.util.List;
import java.util.stream.IntStream;

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

    private ArchitectureReader(Section section, int classes) {
        this.section = section;
        this.classes = classes;
    }

    /** The network, or null where it has problems, which are noted then. */
    static Architecture read(Section section, int classes) {
        return new ArchitectureReader(section, classes).read();
    }

    private Architecture read() {
        List<Integer> size = section.edges("image_size", 1, MAXIMUM_EDGE, null);
        Integer patchSize = section.integer("patch_size", 1, MAXIMUM_EDGE, null);
        Integer channels = section.integer("channels", 1, MAXIMUM_EDGE, 3);
        Integer dim = section.integer("dim", 1, MAXIMUM_DIM, null);
        Integer depth = section.integer("depth", 1, MAXIMUM_DEPTH, null);
        Integer heads = section.integer("heads", 1, MAXIMUM_DIM, null);
        int ratio = Architecture.DEFAULT_MLP_RATIO;
        Integer mlpDim =
                section.integer("mlp_dim", 1, 16 * MAXIMUM_DIM, dim == null ? ratio : ratio * dim);
        Boolean qkvBias = section.flag("qkv_bias", true);
        Pooling pooling = section.choice("pool", Pooling.values(), Pooling::id, Pooling.TOKEN);
        Double epsilon =
                section.number("norm_eps", Range.EPSILON, Architecture.DEFAULT_NORM_EPSILON);
        ActivationKind activation =
                section.choice(
                        "activation",
                        ActivationKind.values(),
                        ActivationKind::id,
                        ActivationKind.GELU);
        Double dropout = section.number("dropout", Range.SHARE, 0.0);
        Double attentionDropout = section.number("attention_dropout", Range.SHARE, 0.0);
        Double dropPath = section.number("drop_path", Range.SHARE, 0.0);

        boolean fits =
                checkPatch(size, patchSize) & checkHeads(dim, heads) & checkChannels(channels);
        boolean read =
                depth != null
                        && mlpDim != null
                        && qkvBias != null
                        && pooling != null
                        && epsilon != null
                        && activation != null
                        && dropout != null
                        && attentionDropout != null
                        && dropPath != null;
        if (!fits || !read) {
            return null;
        }
        Architecture network =
                new Architecture(
                        size.get(0),
                        size.get(1),
                        patchSize,
                        channels,
                        dim,
                        depth,
                        heads,
                        mlpDim,
                        qkvBias,
                        pooling,
                        epsilon,
                        activation,
                        dropout,
                        attentionDropout,
                        dropPath);
        return checkSize(network) ? network : null;
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
