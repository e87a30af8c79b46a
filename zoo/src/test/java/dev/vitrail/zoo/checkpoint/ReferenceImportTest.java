package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vitrail.zoo.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imported networks against the libraries that their checkpoints come from. */
class ReferenceImportTest {

    /**
     * Float32 engines land within 3e-6 of these logits, which were computed in float64; a wrong
     * epsilon, GELU form or order of query, key and value is 1e-3 and more away.
     */
    private static final float TOLERANCE = 1e-5f;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"timm_token", "timm_token_nonsquare", "hf_vit", "hf_vit_bf16"})
    void meetsTheLogitsOfTheLibrary(String name) throws IOException {
        Path reference = Path.of(System.getProperty("vitrail.shared"), "reference", name);
        assumeTrue(Files.isDirectory(reference), "needs ../shared: reference/" + name);
        try (Checkpoint checkpoint = Checkpoint.open(reference)) {
            ImportPlan plan = checkpoint.plan(ImportOptions.DEFAULT);
            assertThat(plan.ledger().leftOut()).isEmpty();
            assertThat(plan.ledger().initialised()).isEmpty();
            plan.write(folder.resolve("run"), false);
        }
        Run run = Run.open(folder.resolve("run"));
        assertThat(ReferenceCase.largestDifference(run, reference)).isLessThan(TOLERANCE);
    }
}
