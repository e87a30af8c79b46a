package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.PositionResampling;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the vision models of transformers have in common: the config files. Since its version 5, a
 * network in memory ({@code state_dict()}) has other names than {@code save_pretrained} writes, of
 * which its {@code conversion_mapping.py} is the list; both are read, and the file's are written.
 */
abstract class HuggingFace implements Family {

    private final String id;
    private final double epsilon;
    private final ActivationKind activation;

    /**
     * A family with the defaults of its config class.
     *
     * @param epsilon what a config that leaves {@code layer_norm_eps} out means
     * @param activation likewise of {@code hidden_act}
     */
    HuggingFace(String id, double epsilon, ActivationKind activation) {
        this.id = id;
        this.epsilon = epsilon;
        this.activation = activation;
    }

    @Override
    public final String id() {
        return id;
    }

    /** The prefix of those given that tensors have, the last where none does. */
    static String prefix(Source source, List<String> prefixes, String... then) {
        return prefixes.stream()
                .filter(prefix -> Arrays.stream(then).anyMatch(t -> source.hasAny(prefix + t)))
                .findFirst()
                .orElse(prefixes.get(prefixes.size() - 1));
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect =
                new Dialect()
                        .resampling(PositionResampling.BICUBIC)
                        .epsilon(epsilon)
                        .activation(activation);
        Optional<Document> config = source.config().map(HuggingFaceConfig::vision);
        config.ifPresent(document -> HuggingFaceConfig.describe(document, dialect, epsilon));
        if (config.isEmpty()) {
            notes.add(
                    "no config.json: epsilon "
                            + epsilon
                            + " and activation "
                            + activation.id()
                            + ", as transformers defaults to");
        }
        return dialect;
    }

    @Override
    public void check(Source source, Architecture found) {
        source.config()
                .map(HuggingFaceConfig::vision)
                .ifPresent(config -> HuggingFaceConfig.check(config, found));
    }

    @Override
    public Optional<Labels> labels(Source source, List<String> notes) {
        return source.config().flatMap(config -> HuggingFaceConfig.labels(config, notes));
    }

    @Override
    public Preprocessing preprocessing(Source source, Architecture found, List<String> notes) {
        return HuggingFacePreprocessing.of(source, found, notes);
    }
}
