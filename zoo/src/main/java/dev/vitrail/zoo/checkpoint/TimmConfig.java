package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.Pooling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * timm's {@code config.json}: the name of an architecture, what was changed of it ({@code
 * model_args}), and {@code pretrained_cfg}, which is about the images.
 */
final class TimmConfig {

    /** A file without any of them is another project's. */
    private static final List<String> KEYS =
            List.of("architecture", "model_args", "pretrained_cfg", "input_size", "num_classes");

    /**
     * What the names of architectures stand for, where tensors do not show it (timm's
     * vision_transformer.py, the defaults of its model functions).
     */
    private static final Pattern CLIP = Pattern.compile(".*_clip_.*");

    private static final Pattern QUICK_GELU = Pattern.compile(".*quickgelu.*");
    private static final Pattern TANH_GELU =
            Pattern.compile(
                    "vit_(base_patch32_siglip|so400m_patch16_siglip|giantopt_patch16_siglip).*"
                            + "|vit_large_patch16_siglip_(gap_)?512");

    private static final Pattern REGISTERS = Pattern.compile(".*_reg([1-9][0-9]?)_.*");

    /** Blocks that are put together in another way under the same names. */
    private static final Pattern OTHER_BLOCKS = Pattern.compile(".*_rpn_.*");

    private static final Map<String, Integer> HEADS =
            Map.of(
                    "vit_base_patch16_gap_224",
                    16,
                    "vit_intern300m_patch14_448",
                    16,
                    "test_vit",
                    2,
                    "test_vit2",
                    2,
                    "test_vit3",
                    3,
                    "test_vit4",
                    3);

    private final Document config;
    private final Document arguments;

    private TimmConfig(Document config) {
        this.config = config;
        this.arguments = config.child("model_args");
    }

    static TimmConfig of(Document config) {
        return new TimmConfig(config);
    }

    Optional<String> architecture() {
        return config.text("architecture").filter(name -> !name.isBlank());
    }

    /** What is about the images; the file itself where it is such a part. */
    Document pretrained() {
        return config.has("pretrained_cfg") ? config.child("pretrained_cfg") : config;
    }

    void describe(Dialect dialect, Source source) {
        if (KEYS.stream().noneMatch(config::has)) {
            throw config.refused(
                    "is no config of timm, whose tensor names are beside it: must have "
                            + String.join(", ", KEYS.subList(0, KEYS.size() - 1))
                            + " or "
                            + KEYS.get(KEYS.size() - 1)
                            + "; move it away, or give --config");
        }
        String name = architecture().orElse("");
        if (OTHER_BLOCKS.matcher(name).matches()) {
            throw config.refused(
                    "architecture", "one with plain encoder blocks; this one's are post-norm");
        }
        if (CLIP.matcher(name).matches()) {
            dialect.epsilon(1e-5);
        }
        if (QUICK_GELU.matcher(name).matches()) {
            dialect.activation(ActivationKind.QUICK_GELU);
        }
        if (TANH_GELU.matcher(name).matches()) {
            dialect.activation(ActivationKind.GELU_TANH);
        }
        dialect.heads(Optional.ofNullable(HEADS.get(name)));
        dialect.heads(arguments.integer("num_heads"));
        dialect.finalNorm(arguments.flag("final_norm").orElse(!name.startsWith("vit_intern300m")));
        dialect.layerScale(arguments.number("init_values"));
        arguments.text("act_layer").ifPresent(word -> dialect.activation(activation(word)));
        arguments.number("norm_eps").ifPresent(dialect::epsilon);
        Matcher registers = REGISTERS.matcher(name);
        if (registers.matches()) {
            dialect.registers(Optional.of(Integer.parseInt(registers.group(1))));
        }
        dialect.registers(arguments.integer("reg_tokens"));
        dialect.imageSize(imageSize());
        dialect.pooling(pooling());
        refusePrefixPooling(source, name);
        dialect.dropping(
                0,
                arguments.number("attn_drop_rate").orElse(0.0),
                arguments.number("drop_path_rate").orElse(0.0));
    }

    private ActivationKind activation(String word) {
        return switch (word) {
            case "gelu" -> ActivationKind.GELU;
            case "gelu_tanh" -> ActivationKind.GELU_TANH;
            case "quick_gelu", "quickgelu" -> ActivationKind.QUICK_GELU;
            case "silu", "swish" -> ActivationKind.GELU; // a gated MLP's own, which has no choice
            default -> throw arguments.refused("act_layer", "gelu, gelu_tanh or quick_gelu");
        };
    }

    private Optional<List<Integer>> imageSize() {
        return arguments
                .edges("img_size")
                .or(
                        () ->
                                pretrained()
                                        .numbers("input_size", 3)
                                        .map(
                                                size ->
                                                        List.of(
                                                                size.get(1).intValue(),
                                                                size.get(2).intValue())));
    }

    private Optional<Pooling> pooling() {
        Document holder = arguments.has("global_pool") ? arguments : config;
        return holder.text("global_pool")
                .map(
                        word ->
                                switch (word) {
                                    case "token" -> Pooling.TOKEN;
                                    case "avg" -> Pooling.MEAN;
                                    case "map" -> Pooling.ATTENTION;
                                    default ->
                                            throw holder.refused(
                                                    "global_pool", "token, avg or map");
                                });
    }

    /** False unless said, but for one architecture. */
    private void refusePrefixPooling(Source source, String architecture) {
        boolean prefix = source.has("cls_token") || source.has("reg_token");
        Optional<Boolean> said = arguments.flag("pool_include_prefix");
        if (prefix && said.orElse(false)) {
            throw arguments.refused("pool_include_prefix", "false: pooling is over patches alone");
        }
        if (prefix && said.isEmpty() && architecture.equals("test_vit3")) {
            throw config.refused("architecture", "one that pools patches alone");
        }
    }

    /** Refuses sizes that the tensors do not have. */
    void check(Architecture found) {
        expect("embed_dim", found.dim());
        expect("depth", found.depth());
        expect("in_chans", found.channels());
        expect("reg_tokens", found.registers());
        arguments
                .number("mlp_ratio")
                .map(ratio -> (int) (found.dim() * ratio))
                .filter(width -> width != found.mlpDim() * (found.mlp() == MlpKind.SWIGLU ? 2 : 1))
                .ifPresent(
                        width -> {
                            throw arguments.refused(
                                    "mlp_ratio",
                                    found.mlpDim() + " over " + found.dim() + " as the tensors");
                        });
        arguments
                .edges("patch_size")
                .filter(edges -> !edges.equals(List.of(found.patchSize(), found.patchSize())))
                .ifPresent(
                        edges -> {
                            if (found.stem().stride() == 1) {
                                throw arguments.refused(
                                        "patch_size", found.patchSize() + " as the tensors");
                            }
                        });
    }

    private void expect(String key, int actual) {
        arguments
                .integer(key)
                .filter(value -> value != actual)
                .ifPresent(
                        value -> {
                            throw arguments.refused(key, actual + " as the tensors show");
                        });
    }

    /**
     * {@code label_names}, else a count. A count of 0 is a network without a head, which its
     * tensors show.
     */
    Optional<Labels> labels(List<String> notes) {
        Optional<Labels> named =
                config.texts("label_names")
                        .or(() -> pretrained().texts("label_names"))
                        .filter(names -> !names.isEmpty())
                        .map(names -> LabelNames.distinct(names, notes));
        return named.or(
                () ->
                        config.integer("num_classes")
                                .or(() -> pretrained().integer("num_classes"))
                                .filter(count -> count > 0)
                                .map(this::counted));
    }

    private Labels counted(int count) {
        try {
            return new Labels.Counted(count);
        } catch (IllegalArgumentException e) {
            throw config.refused("num_classes", "1 to " + Labels.MAXIMUM);
        }
    }
}
