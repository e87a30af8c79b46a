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
        return source.hasAny("vision_model.encoder.layers.*") && !HuggingFaceClip.isClip(source);
    }

    @Override
    public NameMap names(Source source) {
        NameMap names = table();
        if (classifies(source)) {
            names.leaveOut("vision_model.head.*", "the classifier averages the patches instead");
        } else {
            attentionPooling(names);
        }
        return HuggingFaceClip.withoutText(names);
    }

    private static boolean classifies(Source source) {
        return source.hasAny("classifier.*");
    }

    static NameMap table() {
        return HuggingFaceClip.encoder(new NameMap())
                .row(
                        "vision_model.embeddings.position_embedding.weight",
                        "pos_embed",
                        Step.leadingAxes(1))
                .layer("vision_model.embeddings.patch_embedding", "patch_embed.proj")
                .layer("vision_model.post_layernorm", "norm")
                .layer("classifier", "head");
    }

    private static void attentionPooling(NameMap names) {
        String head = "vision_model.head.";
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
                                classifies(source) || !source.hasAny("vision_model.head.*")
                                        ? Pooling.MEAN
                                        : Pooling.ATTENTION));
    }
}
