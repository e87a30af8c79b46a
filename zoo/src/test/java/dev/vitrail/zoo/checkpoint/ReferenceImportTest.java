package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Imported networks against the libraries that their checkpoints come from. */
class ReferenceImportTest {

    /**
     * Float32 engines land within 3.5e-6 of these logits, which were computed in float64; a wrong
     * epsilon, GELU form or order of query, key and value is 1e-3 and more away.
     */
    private static final float TOLERANCE = 1e-5f;

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "timm_token, timm, 0",
        "timm_token_nonsquare, timm, 0",
        "timm_avg_fcnorm, timm, 0",
        "timm_avg_nofcnorm_noclass, timm, 0",
        "timm_reg, timm, 0",
        "timm_reg_gap, timm, 0",
        "timm_reg_embed, timm, 0",
        "timm_layerscale_deit3, timm, 0",
        "timm_deit_distilled, timm, 0",
        "timm_qknorm, timm, 0",
        "timm_siglip_map, timm, 0",
        "timm_clip_prenorm_quickgelu, timm, 0",
        "timm_swiglu_packed, timm, 0",
        "timm_noqkvbias, timm, 0",
        "timm_hybrid_r50, timm, 0",
        "timm_hybrid_stem, timm, 0",
        "hf_vit, Hugging Face ViT, 0",
        "hf_vit_bf16, Hugging Face ViT, 0",
        "hf_vit_sharded, Hugging Face ViT, 0",
        "hf_vit_nonsquare, Hugging Face ViT, 0",
        "hf_deit, Hugging Face ViT, 0",
        "hf_deit_distilled, Hugging Face ViT, 0",
        "hf_dinov2, Hugging Face DINOv2, 1",
        "hf_dinov2_reg, Hugging Face DINOv2, 1",
        "hf_dinov2_swiglu, Hugging Face DINOv2, 1",
        "hf_clip_vision, Hugging Face CLIP, 2",
        "hf_siglip_vision, Hugging Face SigLIP, 11",
        "torchvision_vit, torchvision, 0",
        "torchvision_old_mlp, torchvision, 0",
        "torchvision_convstem, torchvision, 4",
        "torchvision_prelogits, torchvision, 0",
        "mae_finetuned_avg, timm, 0",
        "dinov2_reg_linear, DINOv2, 1"
    })
    void meetsTheLogitsOfTheLibrary(String name, String family, int leftOut) throws IOException {
        Path reference = ReferenceCase.folder(name);
        ImportPlan plan = ReferenceCase.importInto(folder.resolve("run"), reference);
        assertThat(plan.family()).isEqualTo(family);
        assertThat(plan.ledger().leftOut()).hasSize(leftOut);
        assertThat(plan.ledger().initialised()).isEmpty();
        Run run = Run.open(folder.resolve("run"));
        assertThat(run.config()).isEqualTo(plan.config());
        assertThat(ReferenceCase.largestDifference(run, reference)).isLessThan(TOLERANCE);
    }

    /** Their expected values are what a head would read; a head that is the identity shows it. */
    @ParameterizedTest
    @CsvSource({
        "hf_vit_bare, classifier, 2",
        "hf_vit_mim, classifier, 3",
        "mae_pretrain, head, 20",
        "dinov2_swiglu, head, 1"
    })
    void meetsTheFeaturesOfANetworkWithoutAHead(String name, String head, int leftOut)
            throws IOException {
        Path reference = ReferenceCase.folder(name);
        try (Checkpoint checkpoint = Checkpoint.open(reference)) {
            ImportOptions options = ReferenceCase.options(reference);
            assertThatThrownBy(() -> checkpoint.plan(options))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("--reset-head");
        }
        Path headed = Files.createDirectory(folder.resolve("headed"));
        ReferenceCase.writeWithIdentity(reference, headed, head);
        ImportOptions options = ReferenceCase.options(headed);
        Run run;
        try (Checkpoint checkpoint = Checkpoint.open(headed)) {
            ImportPlan plan =
                    checkpoint.plan(
                            options.config()
                                    .map(
                                            config ->
                                                    config.withLabels(
                                                            new Labels.Counted(ReferenceCase.DIM)))
                                    .map(options::withConfig)
                                    .orElse(options));
            assertThat(plan.ledger().leftOut()).hasSize(leftOut);
            run = plan.write(folder.resolve("run"), false);
        }
        assertThat(ReferenceCase.largestDifference(run, headed)).isLessThan(TOLERANCE);
    }
}
