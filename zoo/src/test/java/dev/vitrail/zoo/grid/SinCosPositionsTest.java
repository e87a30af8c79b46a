package dev.vitrail.zoo.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.PositionEmbedding;
import org.junit.jupiter.api.Test;

class SinCosPositionsTest {

    /** Row 2, column 3 of a grid 4 wide, behind a class token's zeros; width 16, 4 frequencies. */
    private static final int AT = (1 + 2 * 4 + 3) * 16;

    @Test
    void hasTheFrequenciesOfMae() {
        float[] table = SinCosPositions.of(model(PositionEmbedding.SINCOS_MAE).build());

        assertThat(table).hasSize((1 + 5 * 4) * 16);
        assertThat(table).startsWith(new float[16]);
        for (int i = 0; i < 4; i++) {
            assertCell(table, i, Math.pow(10_000, -i / 4.0));
        }
    }

    @Test
    void hasTheFrequenciesOfBigVision() {
        float[] table = SinCosPositions.of(model(PositionEmbedding.SINCOS_BIG_VISION).build());

        for (int i = 0; i < 4; i++) {
            assertCell(table, i, Math.pow(10_000, -i / 3.0));
        }
    }

    @Test
    void hasNoZerosWhereOnlyPatchesHavePositions() {
        float[] table =
                SinCosPositions.of(
                        model(PositionEmbedding.SINCOS_BIG_VISION)
                                .positionsOnPatchesOnly(true)
                                .build());

        assertThat(table).hasSize(5 * 4 * 16);
        assertThat(table).startsWith(0, 0, 0, 0, 1, 1, 1, 1);
    }

    @Test
    void refusesLearnedPositions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SinCosPositions.of(model(PositionEmbedding.LEARNED).build()))
                .withMessage("learned positions have no formula");
    }

    /** Columns before rows, sines before cosines. Rounded to float: 6e-8. */
    private static void assertCell(float[] table, int i, double frequency) {
        assertThat((double) table[AT + i]).isCloseTo(Math.sin(3 * frequency), within(6e-8));
        assertThat((double) table[AT + 4 + i]).isCloseTo(Math.cos(3 * frequency), within(6e-8));
        assertThat((double) table[AT + 8 + i]).isCloseTo(Math.sin(2 * frequency), within(6e-8));
        assertThat((double) table[AT + 12 + i]).isCloseTo(Math.cos(2 * frequency), within(6e-8));
    }

    private static ArchitectureBuilder model(PositionEmbedding kind) {
        return new ArchitectureBuilder()
                .imageSize(40, 32)
                .patchSize(8)
                .dim(16)
                .depth(1)
                .heads(1)
                .positionEmbedding(kind);
    }
}
