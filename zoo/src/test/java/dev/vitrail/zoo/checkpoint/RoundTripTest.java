package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is written under a project's names is read back as the same network with the same bytes, and
 * a network that the project does not have is refused by the key that it lacks.
 */
class RoundTripTest {

    private static final Map<String, Run> IMPORTED = new HashMap<>();

    @TempDir static Path runs;

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "timm_token, timm, vit_base_patch16_224",
        "timm_token, huggingface, ViTForImageClassification",
        "timm_token, torchvision, VisionTransformer",
        "timm_token_nonsquare, timm, vit_base_patch16_224",
        "timm_token_nonsquare, huggingface, ViTForImageClassification",
        "timm_avg_fcnorm, timm, vit_base_patch16_224",
        "timm_avg_nofcnorm_noclass, timm, vit_base_patch16_224",
        "timm_reg, timm, vit_base_patch16_224",
        "timm_reg_gap, timm, vit_base_patch16_224",
        "timm_reg_embed, timm, vit_base_patch16_224",
        "timm_layerscale_deit3, timm, vit_base_patch16_224",
        "timm_deit_distilled, timm, deit_base_distilled_patch16_224",
        "timm_deit_distilled, huggingface, DeiTForImageClassificationWithTeacher",
        "timm_qknorm, timm, vit_base_patch16_224",
        "timm_siglip_map, timm, vit_base_patch16_224",
        "timm_clip_prenorm_quickgelu, timm, vit_base_patch16_clip_224",
        "timm_swiglu_packed, timm, vit_giant_patch14_dinov2",
        "timm_noqkvbias, timm, vit_base_patch16_224",
        "timm_noqkvbias, huggingface, ViTForImageClassification",
        "hf_vit, huggingface, ViTForImageClassification",
        "hf_vit_nonsquare, huggingface, ViTForImageClassification",
        "hf_deit_distilled, huggingface, DeiTForImageClassificationWithTeacher",
        "hf_dinov2, huggingface, Dinov2ForImageClassification",
        "hf_dinov2_reg, huggingface, Dinov2WithRegistersForImageClassification",
        "hf_dinov2_swiglu, huggingface, Dinov2ForImageClassification",
        "hf_clip_vision, huggingface, CLIPForImageClassification",
        "hf_clip_vision, timm, vit_base_patch16_clip_224",
        "hf_siglip_vision, huggingface, SiglipForImageClassification",
        "hf_siglip_vision, timm, vit_base_patch16_224",
        "torchvision_vit, torchvision, VisionTransformer",
        "torchvision_vit, timm, vit_base_patch16_224",
        "torchvision_vit, huggingface, ViTForImageClassification",
        "torchvision_convstem, torchvision, VisionTransformer",
        "torchvision_prelogits, torchvision, VisionTransformer",
        "mae_finetuned_avg, timm, vit_base_patch16_224"
    })
    void readsBackWhatItWrote(String name, String naming, String kind) throws IOException {
        Run run = imported(name);
        Path out = folder.resolve("out");
        CheckpointWriter.Written written =
                CheckpointWriter.write(run, Naming.valueOf(naming.toUpperCase(Locale.ROOT)), out);
        assertThat(written.kind()).isEqualTo(kind);
        assertThat(written.files()).allMatch(Files::exists);

        try (Checkpoint checkpoint = Checkpoint.open(out)) {
            ImportPlan back = checkpoint.plan(described(run, out));
            assertSameTensors(back, run);
            assertThat(withoutResampling(back.config())).isEqualTo(withoutResampling(run.config()));
            assertThat(back.config().labels().names()).isEqualTo(run.config().labels().names());
        }
    }

    private static void assertSameTensors(ImportPlan plan, Run run) throws IOException {
        try (Weights weights = run.weights()) {
            assertThat(plan.tensors().keySet()).isEqualTo(weights.shapes().keySet());
            for (String name : weights.shapes().keySet()) {
                float[] expected =
                        new Tensor(weights.shapes().get(name), sink -> weights.copyTo(name, sink))
                                .load();
                assertThat(plan.tensors().get(name).load()).as(name).isEqualTo(expected);
            }
        }
    }

    /** Resampling is a family's and follows its names; everything else is the network's. */
    private static Architecture withoutResampling(ModelConfig config) {
        return config.model().with().positionResampling(PositionResampling.BICUBIC).build();
    }

    @Test
    void comesBackFromTimmOverHuggingFace() throws IOException {
        Run run = imported("timm_token");
        CheckpointWriter.write(run, Naming.HUGGINGFACE, folder.resolve("hf"));
        Run between = readBack(run, folder.resolve("hf"), folder.resolve("between"));
        CheckpointWriter.write(between, Naming.TIMM, folder.resolve("timm"));
        Run back = readBack(run, folder.resolve("timm"), folder.resolve("back"));
        assertThat(Files.mismatch(run.weightsFile(), back.weightsFile())).isEqualTo(-1);
        assertThat(back.config().model()).isEqualTo(run.config().model());
        assertThat(back.config().preprocessing().resize())
                .isEqualTo(run.config().preprocessing().resize());
    }

    /** Its names are timm's, but its epsilon, heads, labels and pixels are not timm's defaults. */
    @ParameterizedTest
    @CsvSource({"hf_vit", "hf_siglip_vision", "timm_clip_prenorm_quickgelu"})
    void takesARunFolderByItsOwnConfig(String name) throws IOException {
        Run run = imported(name);
        for (Path given : List.of(run.folder(), run.weightsFile())) {
            try (Checkpoint checkpoint = Checkpoint.open(given)) {
                ImportPlan plan = checkpoint.plan(ImportOptions.DEFAULT);
                assertThat(plan.config()).isEqualTo(run.config());
                assertSameTensors(plan, run);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hf_vit, timm, model.norm_eps is 1.0E-12",
        "hf_dinov2, timm, model.pool is token_and_mean",
        "torchvision_prelogits, timm, model.pre_logits is 20",
        "torchvision_convstem, timm, model.stem is \"convolution\"",
        "timm_qknorm, huggingface, model.qk_norm is true",
        "timm_reg, huggingface, model.registers is 4",
        "timm_avg_fcnorm, huggingface, model.fc_norm is true",
        "timm_siglip_map, huggingface, model.pool is attention",
        "timm_layerscale_deit3, huggingface, model.pool is token",
        "timm_clip_prenorm_quickgelu, huggingface, model.pool is token",
        "timm_avg_nofcnorm_noclass, huggingface, 'model.image_size is [24, 40]'",
        "timm_token_nonsquare, torchvision, 'model.image_size is [48, 32]'",
        "timm_noqkvbias, torchvision, model.qkv_bias is false",
        "hf_vit, torchvision, model.norm_eps is 1.0E-12",
        "timm_deit_distilled, torchvision, model.distillation_token is true",
        "hf_clip_vision, torchvision, model.patch_bias is false"
    })
    void refusesByTheKeyThatIsLacking(String name, String naming, String sentence)
            throws IOException {
        Run run = imported(name);
        Path out = folder.resolve("out");
        assertThatThrownBy(
                        () ->
                                CheckpointWriter.write(
                                        run, Naming.valueOf(naming.toUpperCase(Locale.ROOT)), out))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(sentence)
                .hasMessageContaining("must be");
        assertThat(out).doesNotExist();
    }

    private static Run imported(String name) throws IOException {
        Run known = IMPORTED.get(name);
        if (known == null) {
            Path run = runs.resolve(name);
            ReferenceCase.importInto(run, ReferenceCase.folder(name));
            known = Run.open(run);
            IMPORTED.put(name, known);
        }
        return known;
    }

    private static Run readBack(Run run, Path written, Path target) {
        try (Checkpoint checkpoint = Checkpoint.open(written)) {
            return checkpoint.plan(described(run, written)).write(target, false);
        }
    }

    /** torchvision's files say nothing of heads. */
    private static ImportOptions described(Run run, Path written) {
        return Files.exists(written.resolve("config.json"))
                ? ImportOptions.DEFAULT
                : ImportOptions.DEFAULT.withConfig(run.config());
    }
}
