package dev.vitrail.zoo.checkpoint;

import java.util.List;

/**
 * The tensor names of Google's Flax networks, and ours. Kernels have their inputs first, {@code
 * [in, out]}; those of attention keep heads apart, {@code [dim, heads, head dim]}.
 *
 * @param prefix before every name of the network
 * @param layout how the parts of an encoder block are numbered
 * @param blocks the path of a block, with a place for its number unless all are in one
 * @param stages whether a hybrid's ResNet has more than its root
 */
record FlaxNames(String prefix, Layout layout, String blocks, boolean stages) {

    /** Blocks one by one. */
    private static final String LOOP = "Transformer/encoderblock_{i}/";

    /** Blocks in one, their arrays with a leading depth axis. */
    private static final String SCAN = "Transformer/encoderblock/";

    private static final String OLD_POSITIONS = "Transformer/posembed_input/pos_embedding";

    /** {@code [height, width, in, out]} to {@code [out, in, height, width]}. */
    private static final Step CONVOLUTION = Step.permute(3, 2, 0, 1);

    private static final Step FUSED_KERNELS = Step.each(Step.kernel(1), Step.fuse(1, 1, 1));
    private static final Step FUSED_BIASES = Step.each(Step.flatten(), Step.fuse(1, 1, 1));
    private static final List<String> QUERY_KEY_VALUE = List.of("query", "key", "value");

    /** Flax numbers a block's parts by their kind, as they come; the first release did not. */
    enum Layout {
        /** google-research/vision_transformer: of all parts, whatever their kind. */
        FIRST_RELEASE("MultiHeadDotProductAttention_1", "LayerNorm_2", "MlpBlock_3"),
        /** big_vision: of each kind. */
        BIG_VISION("MultiHeadDotProductAttention_0", "LayerNorm_1", "MlpBlock_0");

        private final String attention;
        private final String secondNorm;
        private final String mlp;

        Layout(String attention, String secondNorm, String mlp) {
            this.attention = attention;
            this.secondNorm = secondNorm;
            this.mlp = mlp;
        }
    }

    /** The names that a checkpoint has. */
    static FlaxNames in(Source source, String prefix) {
        boolean scan = source.hasAny(prefix + SCAN + "*");
        boolean bigVision =
                source.hasAny(
                        prefix + "Transformer/encoderblock*/" + Layout.BIG_VISION.attention + "/*");
        return new FlaxNames(
                prefix,
                bigVision ? Layout.BIG_VISION : Layout.FIRST_RELEASE,
                scan ? SCAN : LOOP,
                source.hasAny(prefix + "block*/unit*"));
    }

    /** Whether a checkpoint has such names after a prefix. */
    static boolean areIn(Source source, String prefix) {
        return source.has(prefix + "embedding/kernel")
                || source.hasAny(prefix + "Transformer/encoderblock*");
    }

    /** The kernels that show heads and head dimension, in a checkpoint. */
    List<String> queryKernels(Source source) {
        NameTemplate name = new NameTemplate(prefix + blocks + layout.attention + "/query/kernel");
        return source.shapes().keySet().stream()
                .filter(found -> name.match(found).isPresent())
                .toList();
    }

    /** The position table, where this layout has it; all layouts are found in any place. */
    String positions() {
        return prefix + (layout == Layout.BIG_VISION ? "pos_embedding" : OLD_POSITIONS);
    }

    NameMap names() {
        NameMap names = new NameMap();
        names.row(prefix + "cls", "cls_token");
        names.row(positions(), "pos_embed");
        for (String other : List.of(OLD_POSITIONS, "Transformer/pos_embedding", "pos_embedding")) {
            names.row(prefix + other, "pos_embed");
        }
        convolution(names, "embedding", "patch_embed.proj");
        names.row(prefix + "embedding/bias", "patch_embed.proj.bias");
        resNet(names);
        norm(names, blocks + "LayerNorm_0", "blocks.{i}.norm1");
        fusedAttention(names, blocks + layout.attention, "blocks.{i}.attn");
        norm(names, blocks + layout.secondNorm, "blocks.{i}.norm2");
        mlp(names, blocks + layout.mlp, "blocks.{i}.mlp");
        norm(names, "Transformer/encoder_norm", "norm");
        attentionPooling(names, "MAPHead_0/");
        attentionPooling(names, ""); // as inlined while ViT-G was developed
        dense(names, "pre_logits", "pre_logits.fc");
        dense(names, "head", "head");
        return names;
    }

    /** The hybrid's ResNet, which is timm's bare stem where it has no stages. */
    private void resNet(NameMap names) {
        String backbone = "patch_embed.backbone.";
        String stem = stages ? backbone + "stem." : backbone;
        String unit = "block{s+1}/unit{b+1}/";
        String block = backbone + "stages.{s}.blocks.{b}.";
        standardized(names, "conv_root", stem + "conv");
        groupNorm(names, "gn_root", stem + "norm");
        for (int part = 1; part <= 3; part++) {
            standardized(names, unit + "conv" + part, block + "conv" + part);
            groupNorm(names, unit + "gn" + part, block + "norm" + part);
        }
        standardized(names, unit + "conv_proj", block + "downsample.conv");
        groupNorm(names, unit + "gn_proj", block + "downsample.norm");
    }

    private void fusedAttention(NameMap names, String theirs, String ours) {
        names.row(
                parts(theirs, QUERY_KEY_VALUE, "kernel"),
                List.of(ours + ".qkv.weight"),
                FUSED_KERNELS);
        names.row(
                parts(theirs, QUERY_KEY_VALUE, "bias"), List.of(ours + ".qkv.bias"), FUSED_BIASES);
        attentionOutput(names, theirs, ours);
    }

    /** Multi-head attention pooling (MAP), whose query is not fused with key and value. */
    private void attentionPooling(NameMap names, String path) {
        String attention = path + Layout.BIG_VISION.attention;
        String ours = "attn_pool";
        names.row(prefix + path + "probe", ours + ".latent");
        names.row(prefix + attention + "/query/kernel", ours + ".q.weight", Step.kernel(1));
        names.row(prefix + attention + "/query/bias", ours + ".q.bias", Step.flatten());
        List<String> keyValue = List.of("key", "value");
        names.row(
                parts(attention, keyValue, "kernel"),
                List.of(ours + ".kv.weight"),
                Step.each(Step.kernel(1), Step.fuse(1, 1)));
        names.row(
                parts(attention, keyValue, "bias"),
                List.of(ours + ".kv.bias"),
                Step.each(Step.flatten(), Step.fuse(1, 1)));
        attentionOutput(names, attention, ours);
        norm(names, path + "LayerNorm_0", ours + ".norm");
        mlp(names, path + Layout.BIG_VISION.mlp, ours + ".mlp");
    }

    private void attentionOutput(NameMap names, String theirs, String ours) {
        names.row(prefix + theirs + "/out/kernel", ours + ".proj.weight", Step.kernel(2));
        names.row(prefix + theirs + "/out/bias", ours + ".proj.bias");
    }

    private List<String> parts(String path, List<String> parts, String tensor) {
        return parts.stream().map(part -> prefix + path + "/" + part + "/" + tensor).toList();
    }

    private void mlp(NameMap names, String theirs, String ours) {
        dense(names, theirs + "/Dense_0", ours + ".fc1");
        dense(names, theirs + "/Dense_1", ours + ".fc2");
    }

    private void dense(NameMap names, String theirs, String ours) {
        names.row(prefix + theirs + "/kernel", ours + ".weight", Step.kernel(1));
        names.row(prefix + theirs + "/bias", ours + ".bias");
    }

    private void norm(NameMap names, String theirs, String ours) {
        names.row(prefix + theirs + "/scale", ours + ".weight");
        names.row(prefix + theirs + "/bias", ours + ".bias");
    }

    /** Stored as it is broadcast, {@code [1, 1, 1, channels]}. */
    private void groupNorm(NameMap names, String theirs, String ours) {
        names.row(prefix + theirs + "/scale", ours + ".weight", Step.flatten());
        names.row(prefix + theirs + "/bias", ours + ".bias", Step.flatten());
    }

    private void convolution(NameMap names, String theirs, String ours) {
        names.row(prefix + theirs + "/kernel", ours + ".weight", CONVOLUTION);
    }

    private void standardized(NameMap names, String theirs, String ours) {
        names.row(
                prefix + theirs + "/kernel",
                ours + ".weight",
                CONVOLUTION.then(StandardizedKernel.OF_GOOGLE));
    }
}
