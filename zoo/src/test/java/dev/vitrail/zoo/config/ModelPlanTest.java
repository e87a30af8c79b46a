package dev.vitrail.zoo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPlanTest {

    /** Sizes, counts, MiB and GMACs as published for 1000 classes with a class token. */
    @ParameterizedTest
    @CsvSource({
        "224, 16,  192, 12,  768,  3,  197,    5717416,   21.8,   1.25",
        "224, 32,  384, 12, 1536,  6,   50,   22878952,   87.3,   1.14",
        "224, 16,  384, 12, 1536,  6,  197,   22050664,   84.1,   4.60",
        "224,  8,  384, 12, 1536,  6,  785,   22055272,   84.1,  22.41",
        "224, 16,  512, 12, 2048,  8,  197,   38837736,  148.2,   7.99",
        "224, 32,  768, 12, 3072, 12,   50,   88224232,  336.5,   4.41",
        "224, 16,  768, 12, 3072, 12,  197,   86567656,  330.2,  17.56",
        "224,  8,  768, 12, 3072, 12,  785,   86576872,  330.3,  78.15",
        "224, 32, 1024, 24, 4096, 16,   50,  306535400, 1169.3,  15.38",
        "224, 16, 1024, 24, 4096, 16,  197,  304326632, 1160.9,  61.55",
        "224, 14, 1024, 24, 4096, 16,  257,  304203752, 1160.4,  81.01",
        "224, 14, 1152, 27, 4304, 16,  257,  413597656, 1577.7, 109.93",
        "224, 14, 1280, 32, 5120, 16,  257,  632045800, 2411.1, 167.30",
        "224, 14, 1408, 40, 6144, 16,  257, 1012611432, 3862.8, 267.03",
        "224, 14, 1664, 48, 8192, 16,  257, 1844440680, 7036.0, 483.75",
        "384, 16,  768, 12, 3072, 12,  577,   86859496,  331.3,  55.50",
        "518, 14, 1280, 32, 5120, 16, 1370,  633470440, 2416.5, 1016.7"
    })
    void meetsThePublishedFigures(
            int size,
            int patch,
            int dim,
            int depth,
            int mlpDim,
            int heads,
            long tokens,
            long parameters,
            double mebibytes,
            double gigaMacs) {
        Architecture network =
                Architecture.of(size, patch, dim, depth, heads).with().mlpDim(mlpDim).build();
        ModelPlan plan = ModelPlan.of(network, 1000);
        assertThat(plan.tokens()).isEqualTo(tokens);
        assertThat(plan.parameters()).isEqualTo(parameters);
        // Published with one and two decimals.
        assertThat(plan.weightBytes() / 1048576.0).isCloseTo(mebibytes, within(0.06));
        assertThat(plan.multiplyAccumulates() / 1e9).isCloseTo(gigaMacs, within(0.051));
        long patches = tokens - 1;
        long block = tokens * (4L * dim * dim + 2L * dim * mlpDim) + 2 * tokens * tokens * dim;
        assertThat(plan.multiplyAccumulates())
                .isEqualTo(patches * 3 * patch * patch * dim + depth * block + dim * 1000L);
        assertThat(plan.needsExternalData(depth)).isEqualTo(parameters * 4 > Integer.MAX_VALUE);
    }

    @Test
    void refusesWhatAMachineCannotHoldWithNeedAndHave() {
        ModelPlan plan = ModelPlan.of(Architecture.of(224, 16, 16_384, 200, 128), 1000);
        long machine = 24_000_000_000L;
        assertThat(plan.refuseBuilding(machine))
                .hasValueSatisfying(
                        text ->
                                assertThat(text)
                                        .contains("needs about 2577.4 GB")
                                        .contains("24.0 GB"));
        assertThat(plan.refuseTraining(8, machine))
                .hasValueSatisfying(text -> assertThat(text).contains("batch_size 8 needs about"));
        ModelPlan tiny = ModelPlan.of(Architecture.of(224, 16, 192, 12, 3), 1000);
        assertThat(tiny.refuseTraining(8, machine)).isEmpty();
        assertThat(tiny.refuseBuilding(machine)).isEmpty();
    }

    @Test
    void neverOverflows() {
        Architecture absurd = Architecture.of(65_536, 1, 1 << 20, 10_000, 1 << 20);
        assertThatThrownBy(() -> ModelPlan.of(absurd, 1000))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void knowsTheMachine() {
        assertThat(MachineMemory.bytes()).isGreaterThan(Runtime.getRuntime().maxMemory() / 2);
    }
}
