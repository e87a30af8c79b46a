package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.Stem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The network that tensors belong to, read from their names and shapes. It works on our names, so
 * that there is one such reading for all families.
 *
 * <p>Where a tensor is missing, the network is read as if it were there, as far as others show that
 * it should be: it is then reported as missing, instead of another network being built.
 */
final class Detection {

    private static final NameTemplate BLOCK = new NameTemplate("blocks.{i}");
    private static final double DEFAULT_LAYER_SCALE = 1e-5;

    private final Source source;
    private final Map<String, Shape> shapes;
    private final NameMap names;
    private final Dialect dialect;
    private final List<String> notes;

    private Detection(
            Source source,
            NameMap names,
            Map<String, Shape> shapes,
            Dialect dialect,
            List<String> notes) {
        this.source = source;
        this.names = names;
        this.shapes = shapes;
        this.dialect = dialect;
        this.notes = notes;
    }

    /**
     * Reads the network.
     *
     * @param source for messages
     * @param names what its tensors are called, for messages
     * @param shapes of the tensors, by our names
     * @param dialect what they do not show
     * @param notes takes what was assumed
     * @throws CheckpointException if they are no vision transformer's
     */
    static Architecture read(
            Source source,
            NameMap names,
            Map<String, Shape> shapes,
            Dialect dialect,
            List<String> notes) {
        try {
            return new Detection(source, names, shapes, dialect, notes).read();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException(
                    source.path(), "no network can be built from it: " + e.getMessage(), e);
        }
    }

    /** Outputs of the classifier head, if there is one. */
    static Optional<Integer> classes(Map<String, Shape> shapes) {
        return Stream.of("head.weight", "head.bias")
                .map(shapes::get)
                .filter(shape -> shape != null && shape.dimension() > 0 && shape.get(0) > 0)
                .map(shape -> Math.toIntExact(shape.get(0)))
                .findFirst();
    }

    private Architecture read() {
        Shape kernel = required("patch_embed.proj.weight", 4);
        int dim = usual(List.of("norm1.weight", "norm1.bias", "norm2.weight"), 0);
        Stem stem = StemDetection.read(shapes, dialect);
        int patch = Math.multiplyExact(size(kernel, 2), stem.stride());
        int depth = depth();
        int hidden = usual(List.of("mlp.fc1.weight", "mlp.fc1.bias"), 0);
        boolean gated = sizes(List.of("mlp.fc2.weight"), 1).anyMatch(size -> 2 * size == hidden);
        int mlpDim = gated ? hidden / 2 : hidden;
        boolean preNorm = any("norm_pre.");
        int registers = registers();
        Positions positions = positions(patch, registers);
        boolean fcNorm = any("fc_norm.");
        boolean classToken = positions.classToken();
        boolean distillation = any("dist_token") || any("head_dist.");
        return new ArchitectureBuilder()
                .imageSize(positions.height(), positions.width())
                .patchSize(patch)
                .channels(stem == Stem.PATCH ? size(kernel, 1) : 3)
                .stem(stem)
                .patchBias(any("patch_embed.proj.bias") || !preNorm)
                .classToken(classToken)
                .distillationToken(distillation)
                .registers(registers)
                .positionEmbedding(dialect.positions())
                .positionsOnPatchesOnly(positions.onPatchesOnly())
                .positionResampling(dialect.resampling())
                .preNorm(preNorm)
                .dim(dim)
                .depth(depth)
                .heads(heads(dim, depth, mlpDim, gated))
                .qkvBias(anyInBlocks("attn.qkv.bias"))
                .qkNorm(anyInBlocks("attn.q_norm.") || anyInBlocks("attn.k_norm."))
                .layerScale(layerScale())
                .mlpDim(mlpDim)
                .mlp(gated ? MlpKind.SWIGLU : MlpKind.PLAIN)
                .activation(dialect.activation())
                .normEpsilon(dialect.epsilon())
                .finalNorm(dialect.finalNorm() || fcNorm || any("norm."))
                .fcNorm(fcNorm)
                .pooling(pooling(dim, fcNorm, classToken))
                .preLogits(preLogits())
                .dropout(dialect.dropout())
                .attentionDropout(dialect.attentionDropout())
                .dropPath(dialect.dropPath())
                .build();
    }

    /** Where positions are: the input's size, and whether other tokens have rows of their own. */
    private record Positions(int height, int width, boolean onPatchesOnly, boolean classToken) {}

    private Positions positions(int patch, int registers) {
        boolean classToken =
                any("cls_token") || dialect.pooling().map(Pooling::readsClassToken).orElse(false);
        Shape table = shapes.get("pos_embed");
        if (table == null) {
            List<Integer> size =
                    dialect.imageSize()
                            .orElseThrow(
                                    () ->
                                            source.refused(
                                                    "has no position table, and no config beside"
                                                            + " it names the image size; give"
                                                            + " --config"));
            return new Positions(size.get(0), size.get(1), false, classToken);
        }
        if (table.dimension() != 3 || table.get(0) != 1) {
            throw source.refused(
                    called("pos_embed") + " is " + table + ", must be (1, positions, dim)");
        }
        long rows = table.get(1);
        int prefix = registers + (any("dist_token") || any("head_dist.") ? 1 : 0);
        if (dialect.imageSize().isPresent()) {
            List<Integer> size = dialect.imageSize().get();
            long patches = (long) (size.get(0) / patch) * (size.get(1) / patch);
            return withRows(size.get(0), size.get(1), rows - patches, prefix, classToken);
        }
        return ofSquare(patch, rows, prefix, classToken);
    }

    private Positions withRows(int height, int width, long extra, int prefix, boolean classToken) {
        boolean onPatchesOnly = extra == 0 && (classToken || prefix > 0);
        // A row more than other tokens need is the class token's, be it there or missing.
        boolean withClass = classToken || extra == prefix + 1L;
        if (extra == 0 || extra == prefix + (withClass ? 1 : 0)) {
            return new Positions(height, width, onPatchesOnly, withClass);
        }
        throw source.refused(
                String.format(
                        "%s is %s, but an input of %d by %d has %d patches and %d other tokens",
                        called("pos_embed"),
                        shapes.get("pos_embed"),
                        height,
                        width,
                        shapes.get("pos_embed").get(1) - extra,
                        prefix + (withClass ? 1 : 0)));
    }

    private Positions ofSquare(int patch, long rows, int prefix, boolean classToken) {
        int all = prefix + (classToken ? 1 : 0);
        for (int extra : List.of(all, 0, prefix + 1)) {
            int edge = (int) Math.sqrt(Math.max(0, rows - extra));
            if (edge > 0 && (long) edge * edge == rows - extra) {
                int pixels = Math.multiplyExact(edge, patch);
                return withRows(pixels, pixels, extra, prefix, classToken);
            }
        }
        throw source.refused(
                called("pos_embed")
                        + " has "
                        + rows
                        + " rows, which is no square grid; give --config with the image_size that"
                        + " it is for");
    }

    private int registers() {
        Shape tokens = shapes.get("reg_token");
        return tokens == null || tokens.dimension() != 3
                ? dialect.registers().orElse(0)
                : size(tokens, 1);
    }

    private int depth() {
        Set<Integer> found = new LinkedHashSet<>();
        for (String name : shapes.keySet()) {
            String[] parts = name.split("\\.", 3);
            if (parts.length == 3) {
                BLOCK.match(parts[0] + "." + parts[1]).ifPresent(i -> found.add(i.get(0)));
            }
        }
        int depth = found.stream().mapToInt(i -> i + 1).max().orElse(0);
        if (depth == 0) {
            throw source.refused("has no encoder blocks");
        }
        if (depth > 10_000 || found.size() * 2 < depth) {
            throw source.refused(
                    "has " + found.size() + " encoder blocks, but one of number " + (depth - 1));
        }
        return depth;
    }

    private int heads(int dim, int depth, int mlpDim, boolean gated) {
        Optional<Integer> known = dialect.heads();
        if (known.isEmpty()) {
            known = headsOfNorm(dim);
        }
        if (known.isPresent()) {
            return known.get();
        }
        int heads = StandardHeads.of(dim, depth, mlpDim, gated);
        if (heads == 0) {
            throw source.refused(
                    "does not say how many heads there are, which tensors do not show, and dim "
                            + dim
                            + " is no published variant's; give --config with model.heads");
        }
        notes.add(
                "heads: "
                        + heads
                        + ", as other networks of dim "
                        + dim
                        + " have; tensors do not show it");
        return heads;
    }

    /** Query-key norms are as wide as a head. */
    private Optional<Integer> headsOfNorm(int dim) {
        return blockNames("attn.q_norm.weight").stream()
                .map(shapes::get)
                .filter(shape -> shape.dimension() == 1 && shape.get(0) > 0)
                .map(shape -> Math.toIntExact(dim / shape.get(0)))
                .filter(heads -> heads > 0)
                .findFirst();
    }

    private double layerScale() {
        boolean scaled = anyInBlocks("ls1.") || anyInBlocks("ls2.");
        return scaled ? dialect.layerScale().orElse(DEFAULT_LAYER_SCALE) : 0;
    }

    private int preLogits() {
        Shape weight = shapes.get("pre_logits.fc.weight");
        Shape bias = shapes.get("pre_logits.fc.bias");
        Shape known = weight == null ? bias : weight;
        return known == null ? 0 : size(known, 0);
    }

    private Pooling pooling(int dim, boolean fcNorm, boolean classToken) {
        if (dialect.pooling().isPresent()) {
            return dialect.pooling().get();
        }
        if (any("attn_pool.")) {
            return Pooling.ATTENTION;
        }
        Shape head = shapes.get("head.weight");
        if (head != null && head.dimension() == 2 && head.get(1) == 2L * dim) {
            return Pooling.TOKEN_AND_MEAN;
        }
        return fcNorm || !classToken ? Pooling.MEAN : Pooling.TOKEN;
    }

    private boolean any(String prefix) {
        return shapes.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    private boolean anyInBlocks(String prefix) {
        return shapes.keySet().stream()
                .anyMatch(
                        name -> name.startsWith("blocks.") && afterIndex(name).startsWith(prefix));
    }

    private List<String> blockNames(String suffix) {
        List<String> names = new ArrayList<>();
        for (String name : shapes.keySet()) {
            if (name.startsWith("blocks.") && afterIndex(name).equals(suffix)) {
                names.add(name);
            }
        }
        return names;
    }

    private static String afterIndex(String name) {
        String[] parts = name.split("\\.", 3);
        return parts.length == 3 ? parts[2] : "";
    }

    /** The size that most blocks have on an axis of tensors which should all have it. */
    private int usual(List<String> suffixes, int axis) {
        return sizes(suffixes, axis)
                .collect(Collectors.groupingBy(size -> size, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> source.refused("no encoder block has a tensor for " + suffixes));
    }

    private Stream<Integer> sizes(List<String> suffixes, int axis) {
        return suffixes.stream()
                .flatMap(suffix -> blockNames(suffix).stream())
                .map(shapes::get)
                .filter(shape -> shape.dimension() > axis)
                .map(shape -> size(shape, axis));
    }

    private Shape required(String name, int axes) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw source.refused(called(name) + " is missing");
        }
        if (shape.dimension() != axes || shape.size() == 0) {
            throw source.refused(called(name) + " is " + shape + ", must have " + axes + " axes");
        }
        return shape;
    }

    /** A tensor of ours as the checkpoint has it. */
    private String called(String name) {
        List<String> theirs = names.theirNames(name, source.shapes().keySet());
        return "tensor \"" + (theirs.isEmpty() ? name : String.join(", ", theirs)) + '"';
    }

    private static int size(Shape shape, int axis) {
        return Math.toIntExact(shape.get(axis));
    }
}
