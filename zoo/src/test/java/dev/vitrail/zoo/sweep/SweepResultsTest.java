package dev.vitrail.zoo.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.sweep.SweepResults.SeedGroup;
import dev.vitrail.zoo.sweep.TrialResult.State;
import dev.vitrail.zoo.train.EpochResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SweepResultsTest {

    private static SweepPlan plan(Metric metric) {
        return SweepPlan.of(
                SweepPlanTest.tiny(),
                List.of("model.drop_path=0,0.1", "training.seed=0,1,2"),
                List.of(),
                OptionalInt.empty(),
                metric,
                new SweepPlan.Sources(Path.of("a"), Optional.empty(), Optional.empty()));
    }

    private static TrialResult finished(int trial, double loss, double top1) {
        return new TrialResult(
                trial,
                State.FINISHED,
                new EpochResult(trial, 9, 1e-3, 1.5, 0.5, loss, top1, null, null, 2, 10, 0),
                7,
                12.34,
                null);
    }

    private static SweepResults results(Metric metric) {
        return new SweepResults(
                plan(metric),
                List.of(
                        finished(1, 0.9, 0.5),
                        finished(2, 0.3, 0.625),
                        finished(3, 0.6, 0.75),
                        new TrialResult(4, State.FAILED, null, 1, 3, "step 3: a \"NaN\", at last"),
                        finished(5, 0.5, 0.75),
                        new TrialResult(6, State.STOPPED, null, 0, 0, null)));
    }

    @Test
    void theBestIsWhatTheMetricsNameSays() {
        assertThat(results(Metric.VAL_TOP1).ranked().stream().map(TrialResult::trial))
                .containsExactly(5, 3, 2, 1, 4, 6);
        assertThat(results(Metric.VAL_LOSS).ranked().stream().map(TrialResult::trial))
                .containsExactly(2, 5, 3, 1, 4, 6);
        assertThat(results(Metric.VAL_LOSS).best().orElseThrow().trial()).isEqualTo(2);
        assertThat(results(Metric.VAL_LOSS).isComplete()).isFalse();
    }

    /** Mean and deviation are those of Python's {@code statistics.mean} and {@code stdev}. */
    @Test
    void seedsAreTakenTogether() {
        List<SeedGroup> groups = results(Metric.VAL_TOP1).overSeeds();
        assertThat(groups).hasSize(2);
        assertThat(groups.get(0))
                .isEqualTo(new SeedGroup(Map.of("model.drop_path", "0.1"), 1, 0.75, null));
        assertThat(groups.get(1).values()).isEqualTo(Map.of("model.drop_path", "0"));
        assertThat(groups.get(1).count()).isEqualTo(3);
        assertThat(groups.get(1).mean()).isEqualTo(0.625);
        assertThat(groups.get(1).deviation()).isEqualTo(0.125);
        assertThat(results(Metric.VAL_LOSS).overSeeds().get(1).deviation())
                .isCloseTo(0.3, within(1e-15));
    }

    @Test
    void theTableHasARowForEachTrialThatWasBegun() {
        assertThat(results(Metric.VAL_LOSS).csv().lines())
                .containsExactly(
                        "trial,model.drop_path,training.seed,val_loss,best_epoch,epochs,seconds,"
                                + "state,reason",
                        "1,0,0,0.9,1,7,12.3,finished,",
                        "2,0,1,0.3,2,7,12.3,finished,",
                        "3,0,2,0.6,3,7,12.3,finished,",
                        "4,0.1,0,,,1,3.0,failed,\"step 3: a \"\"NaN\"\", at last\"",
                        "5,0.1,1,0.5,5,7,12.3,finished,",
                        "6,0.1,2,,,0,0.0,stopped,");
    }
}
