package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Pooling;
import java.util.List;
import java.util.Optional;

/**
 * The image tower of transformers' {@code siglip}: alone, beside its text tower, or with a
 * classifier, which averages the patches and does not read the tower's attention pooling.
 */
final class HuggingFaceSiglip extends HuggingFace {

    HuggingFaceSiglip() {
        super("Hugging Face SigLIP", 1e-6, ActivationKind.GELU_TANH);
    }

    @Override
    public boolean recognises(Source source) {
        return HuggingFaceClip.hasEncoder(source) && !HuggingFaceClip.isClip(source);
    }

    @Override
    public NameMap names(Source source) {
        String tower = HuggingFaceClip.tower(source);
        NameMap names = table(tower);
        if (classifies(source)) {
            names.leaveOut(tower + "head.*", "the classifier averages the patches instead");
        } else {
            attentionPooling(names, tower + "head.");
        }
        return HuggingFaceClip.withoutText(names);
    }

    private static boolean classifies(Source source) {
        return source.hasAny("classifier.*");
    }

    static NameMap table(String tower) {
        return HuggingFaceClip.encoder(tower)
                .layer(tower + "post_layernorm", "norm")
                .layer("classifier", "head");
    }

    private static void attentionPooling(NameMap names, String head) {
        names.row(head + "probe", "attn_pool.latent");
        for (String part : List.of("weight", "bias")) {
            names.row(
                    List.of(head + "attention.in_proj_" + part),
                    List.of("attn_pool.q." + part, "attn_pool.kv." + part),
                    Step.split(1, 2));
        }
        names.layer(head + "attention.out_proj", "attn_pool.proj")
                .layer(head + "layernorm", "attn_pool.norm")
                .layer(head + "mlp.fc1", "attn_pool.mlp.fc1")
                .layer(head + "mlp.fc2", "attn_pool.mlp.fc2");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        return super.dialect(source, notes)
                .pooling(
                        Optional.of(
                                classifies(source)
                                                || !source.hasAny(
                                                        HuggingFaceClip.tower(source) + "head.*")
                                        ? Pooling.MEAN
                                        : Pooling.ATTENTION));
    }
}
