package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.train.Run;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** npz files of Google's projects, against the logits of their own JAX code. */
class GoogleImportTest {

    private static final Path REFERENCES = Path.of("src/test/resources/dev/vitrail/zoo/reference");

    /** The logits are float64's; JAX's own float32 is up to 2.5e-6 away from them. */
    private static final float TOLERANCE = 1e-5f;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "google_old, google, 0",
        "google_prelogits, google, 0",
        "google_opt_target, google, 5",
        "bigvision_gap, big_vision, 0",
        "bigvision_tok, big_vision, 0",
        "bigvision_map, big_vision, 0",
        "bigvision_scan, big_vision, 0",
        "bigvision_bf16, big_vision, 0",
        "google_hybrid_r50, google, 0"
    })
    void meetsTheLogitsOfTheAuthorsCode(String name, String family, int leftOut)
            throws IOException {
        Path reference = REFERENCES.resolve(name);

        Run run;
        try (Checkpoint checkpoint = Checkpoint.open(reference)) {
            ImportPlan plan = checkpoint.plan(ImportOptions.DEFAULT);
            assertThat(plan.family()).isEqualTo(family);
            assertThat(plan.ledger().leftOut()).hasSize(leftOut);
            assertThat(plan.ledger().initialised()).isEmpty();
            run = plan.write(folder.resolve("run"), false);
        }

        assertThat(run.config().model().activation()).isEqualTo(ActivationKind.GELU_TANH);
        assertThat(run.config().model().positionResampling())
                .isEqualTo(PositionResampling.BILINEAR_ALIGNED);
        assertThat(ReferenceCase.largestDifference(run, reference)).isLessThan(TOLERANCE);
    }
}
