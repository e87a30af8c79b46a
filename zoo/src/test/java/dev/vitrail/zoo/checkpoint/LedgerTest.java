package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.zoo.config.Labels;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The ledger as it is read. */
class LedgerTest {

    @Test
    void saysOnceWhatHappensInEveryBlock() throws IOException {
        assertThat(text("hf_dinov2_reg", ImportOptions.DEFAULT))
                .isEqualTo(
                        String.join(
                                "\n",
                                "classifier.bias > head.bias: as it is x1",
                                "classifier.weight > head.weight: as it is x1",
                                "P.embeddings.{cls_token,position_embeddings} > {cls_token,"
                                        + "pos_embed}: class row folded into the class token x1",
                                "P.embeddings.patch_embeddings.projection.bias >"
                                        + " patch_embed.proj.bias: as it is x1",
                                "P.embeddings.patch_embeddings.projection.weight >"
                                        + " patch_embed.proj.weight: as it is x1",
                                "P.embeddings.register_tokens > reg_token: as it is x1",
                                "P.encoder.layer.*.attention.attention.{query,key,value}.bias >"
                                        + " blocks.*.attn.qkv.bias: fused x2",
                                "P.encoder.layer.*.attention.attention.{query,key,value}.weight >"
                                        + " blocks.*.attn.qkv.weight: fused x2",
                                "P.encoder.layer.*.attention.output.dense.bias >"
                                        + " blocks.*.attn.proj.bias: as it is x2",
                                "P.encoder.layer.*.attention.output.dense.weight >"
                                        + " blocks.*.attn.proj.weight: as it is x2",
                                "P.encoder.layer.*.layer_scale1.lambda1 > blocks.*.ls1.gamma: as"
                                        + " it is x2",
                                "P.encoder.layer.*.layer_scale2.lambda1 > blocks.*.ls2.gamma: as"
                                        + " it is x2",
                                "P.encoder.layer.*.mlp.fc1.bias > blocks.*.mlp.fc1.bias: as it is"
                                        + " x2",
                                "P.encoder.layer.*.mlp.fc1.weight > blocks.*.mlp.fc1.weight: as it"
                                        + " is x2",
                                "P.encoder.layer.*.mlp.fc2.bias > blocks.*.mlp.fc2.bias: as it is"
                                        + " x2",
                                "P.encoder.layer.*.mlp.fc2.weight > blocks.*.mlp.fc2.weight: as it"
                                        + " is x2",
                                "P.encoder.layer.*.norm1.bias > blocks.*.norm1.bias: as it is x2",
                                "P.encoder.layer.*.norm1.weight > blocks.*.norm1.weight: as it is"
                                        + " x2",
                                "P.encoder.layer.*.norm2.bias > blocks.*.norm2.bias: as it is x2",
                                "P.encoder.layer.*.norm2.weight > blocks.*.norm2.weight: as it is"
                                        + " x2",
                                "P.layernorm.bias > norm.bias: as it is x1",
                                "P.layernorm.weight > norm.weight: as it is x1",
                                "P.embeddings.mask_token > : left out: only masked pre-training"
                                        + " reads it x1"));
    }

    @Test
    void saysWhatIsNew() throws IOException {
        assertThat(text("hf_vit_bare", ImportOptions.DEFAULT.withResetHead(new Labels.Counted(3))))
                .contains(
                        "pooler.dense.bias > : left out: no classifier reads the pooler x1",
                        " > head.weight: initialised: new head x1");
    }

    @Test
    void countsEveryTensorOnce() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(ReferenceCase.folder("hf_vit_mim"))) {
            Ledger ledger =
                    checkpoint
                            .plan(ImportOptions.DEFAULT.withResetHead(new Labels.Counted(3)))
                            .ledger();
            List<String> named =
                    ledger.mapped().stream()
                            .flatMap(line -> line.from().stream())
                            .collect(Collectors.toList());
            ledger.leftOut().forEach(line -> named.add(line.tensor()));
            // 12 tensors of each block, 4 of them of query and key beyond timm's; 6 around, 3 more.
            assertThat(named).doesNotHaveDuplicates().hasSize(2 * 16 + 6 + 3);
        }
    }

    private static String text(String name, ImportOptions options) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(ReferenceCase.folder(name))) {
            return checkpoint.plan(options).ledger().lines().stream()
                    .map(
                            line ->
                                    line.from().replace("dinov2_with_registers.", "P.")
                                            + " > "
                                            + line.to()
                                            + ": "
                                            + line.done()
                                            + " x"
                                            + line.count())
                    .collect(Collectors.joining("\n"));
        }
    }
}
