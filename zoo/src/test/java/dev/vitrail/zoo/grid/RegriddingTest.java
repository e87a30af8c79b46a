package dev.vitrail.zoo.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.config.Stem;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every family; their own values are met in {@code FamilyResamplingTest}. */
class RegriddingTest {

    private static final int DIM = 4;

    @ParameterizedTest
    @EnumSource
    void leavesATableOfTheSameGridAsItIs(PositionResampling way) {
        Architecture model = network(way).imageSize(96, 160).patchSize(16).build();
        float[] table = ramp(model);

        // Patches and image grow together: still 6 times 10 places.
        Regridding same =
                new Regridding(model, model.with().imageSize(192, 320).patchSize(32).build());

        assertThat(same.changesPositions()).isFalse();
        assertThat(same.positions(table)).isSameAs(table);
    }

    @ParameterizedTest
    @EnumSource
    void resamplesAGridOfAnotherShapeWithAsManyPlaces(PositionResampling way) {
        Architecture wide = network(way).imageSize(3, 4).patchSize(1).build();
        Architecture high = wide.with().imageSize(4, 3).build();

        float[] resampled = new Regridding(wide, high).positions(ramp(wide));

        assertThat(resampled).hasSize((2 + 12) * DIM).isNotEqualTo(ramp(wide));
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheRowsOfOtherTokens(PositionResampling way) {
        Architecture model = network(way).imageSize(3, 3).patchSize(1).build();

        float[] resampled =
                new Regridding(model, model.with().imageSize(4, 5).build()).positions(ramp(model));

        assertThat(resampled).startsWith(0, 1, 2, 3, 100, 101, 102, 103);
    }

    /** Keys' filter with the other constant, a = -0.75, is not exact on a plane. */
    @ParameterizedTest
    @EnumSource(names = {"BICUBIC_ANTIALIAS", "BILINEAR", "BILINEAR_ALIGNED"})
    void reproducesAPlaneAwayFromItsEdges(PositionResampling way) {
        Architecture model = network(way).imageSize(12, 12).patchSize(1).build();
        boolean corners = way == PositionResampling.BILINEAR_ALIGNED;

        float[] resampled =
                new Regridding(model, model.with().imageSize(24, 18).build())
                        .positions(ramp(model));

        for (int row = 5; row < 19; row++) {
            for (int column = 4; column < 14; column++) {
                double y = corners ? row * 11.0 / 23 : (row + 0.5) * 12 / 24 - 0.5;
                double x = corners ? column * 11.0 / 17 : (column + 0.5) * 12 / 18 - 0.5;
                // Floats near 1,000 are 6e-5 apart.
                assertThat((double) resampled[(2 + row * 18 + column) * DIM])
                        .isCloseTo(100 * y + x, within(1e-4));
            }
        }
    }

    @Test
    void takesTheEdgeWhereScipyFallsOffIt() {
        // In double, 13 times (27 / 13) is a rounding error more than 27.
        Architecture model =
                network(PositionResampling.BILINEAR_ALIGNED).imageSize(28, 28).patchSize(1).build();

        float[] resampled =
                new Regridding(model, model.with().imageSize(14, 14).build())
                        .positions(ramp(model));

        assertThat(resampled[(2 + 14 * 14 - 1) * DIM]).isEqualTo(100 * 27 + 27);
    }

    @Test
    void tablesOverPatchesAloneHaveNoRowsToKeep() {
        Architecture model =
                network(PositionResampling.BILINEAR)
                        .positionsOnPatchesOnly(true)
                        .imageSize(2, 2)
                        .patchSize(1)
                        .build();
        float[] table = new float[4 * DIM];
        Arrays.fill(table, 3);

        float[] resampled =
                new Regridding(model, model.with().imageSize(3, 5).build()).positions(table);

        assertThat(resampled).hasSize(15 * DIM).containsOnly(3);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LEARNED")
    void computesFixedTablesAnew(PositionEmbedding kind) {
        Architecture model =
                new ArchitectureBuilder()
                        .imageSize(32, 32)
                        .patchSize(8)
                        .dim(16)
                        .depth(1)
                        .heads(1)
                        .positionEmbedding(kind)
                        .build();
        Architecture larger = model.with().imageSize(48, 24).build();

        float[] table = new Regridding(model, larger).positions(SinCosPositions.of(model));

        assertThat(table).isEqualTo(SinCosPositions.of(larger));
    }

    @Test
    void aResampledKernelAnswersToEnlargedPatchesAsBefore() {
        // Enlarging loses nothing, so least squares leave no rest: the claim of FlexiViT's paper.
        Architecture model =
                network(PositionResampling.BICUBIC_ANTIALIAS)
                        .imageSize(32, 32)
                        .patchSize(8)
                        .build();
        float[] kernel = new float[DIM * 3 * 8 * 8];
        double[] patch = new double[8 * 8];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) Math.sin(i * 1.7);
        }
        for (int i = 0; i < patch.length; i++) {
            patch[i] = Math.cos(i * 0.9);
        }

        Architecture larger = model.with().imageSize(52, 52).patchSize(13).build();
        float[] resampled = new Regridding(model, larger).patchKernel(kernel);

        AxisResize enlarge = AxisResize.of(PositionResampling.BICUBIC_ANTIALIAS, 8, 13);
        double[] enlarged = AxisResize.apply(enlarge, enlarge, patch, 1);
        for (int plane = 0; plane < DIM * 3; plane++) {
            double before = 0;
            double after = 0;
            for (int i = 0; i < patch.length; i++) {
                before += kernel[plane * patch.length + i] * patch[i];
            }
            for (int i = 0; i < enlarged.length; i++) {
                after += resampled[plane * enlarged.length + i] * enlarged[i];
            }
            // 169 products of floats rounded to 6e-8.
            assertThat(after).isCloseTo(before, within(5e-6));
        }
    }

    @Test
    void refusesNetworksThatDifferInMoreThanTheirGrid() {
        Architecture model = Architecture.of(224, 16, 192, 12, 3);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Regridding(model, model.with().depth(11).build()))
                .withMessageContaining("differ in image and patch size alone");
    }

    @Test
    void refusesAnotherPatchSizeBehindAStem() {
        Architecture model =
                new ArchitectureBuilder()
                        .imageSize(64, 64)
                        .patchSize(16)
                        .stem(Stem.Convolution.halving(List.of(8, 16)))
                        .dim(16)
                        .depth(1)
                        .heads(1)
                        .build();

        assertThat(new Regridding(model, model.with().imageSize(96, 64).build()).changesPositions())
                .isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Regridding(model, model.with().patchSize(32).build()))
                .withMessageContaining("patchSize 16 follows from the stem");
    }

    @Test
    void refusesTablesOfAnotherLength() {
        Architecture model = Architecture.of(32, 16, 8, 1, 1);
        Regridding larger = new Regridding(model, model.with().imageSize(64, 64).build());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> larger.positions(new float[8]))
                .withMessageContaining("8 values, must be 40");
    }

    private static ArchitectureBuilder network(PositionResampling way) {
        return new ArchitectureBuilder()
                .dim(DIM)
                .depth(1)
                .heads(1)
                .distillationToken(true)
                .positionResampling(way);
    }

    /** Two token rows, then 100 times the row plus the column in every component. */
    private static float[] ramp(Architecture model) {
        float[] table = new float[(int) model.positions() * DIM];
        for (int k = 0; k < DIM; k++) {
            table[k] = k;
            table[DIM + k] = 100 + k;
        }
        for (int i = 0; i < model.patches(); i++) {
            for (int k = 0; k < DIM; k++) {
                table[(2 + i) * DIM + k] = 100 * (i / model.gridWidth()) + i % model.gridWidth();
            }
        }
        return table;
    }
}
