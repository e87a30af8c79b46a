package dev.vitrail.zoo.grid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.weights.NpyArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables and kernels that the families' own code resampled, see the references' README. */
class FamilyResamplingTest {

    private static final Path FOLDER =
            Path.of("src/test/resources/dev/vitrail/zoo/reference/resampling");

    /** A table or kernel before and after. */
    record Case(String name, JsonNode facts) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> positionTables() throws IOException {
        return cases("position table");
    }

    static List<Case> patchKernels() throws IOException {
        return cases("patch kernel");
    }

    static List<Case> sinCosTables() throws IOException {
        return cases("sin-cos table");
    }

    @ParameterizedTest
    @MethodSource("positionTables")
    void positionTablesAreTheFamilys(Case reference) {
        JsonNode facts = reference.facts();
        NpyArray before = array(facts, "before");
        int[] old = grid(facts, "grid_before");
        int[] wanted = grid(facts, "grid_after");
        Architecture from =
                network(facts, (int) before.shape().get(2))
                        .imageSize(old[0], old[1])
                        .positionResampling(way(facts))
                        .build();

        float[] after =
                new Regridding(from, from.with().imageSize(wanted[0], wanted[1]).build())
                        .positions(before.values());

        // Their coordinates are floats, off by up to 1e-6 of a cell, and slopes are up to 4.
        assertClose(after, array(facts, "after").values(), 5e-6);
    }

    @ParameterizedTest
    @MethodSource("patchKernels")
    void patchKernelsAreTheFamilys(Case reference) {
        JsonNode facts = reference.facts();
        boolean channelsLast = facts.get("layout").textValue().startsWith("[height");
        NpyArray before = array(facts, "before");
        NpyArray after = array(facts, "after");
        PositionResampling way =
                facts.get("antialias").booleanValue()
                        ? PositionResampling.BICUBIC_ANTIALIAS
                        : PositionResampling.BILINEAR;
        int edge = channelsLast ? 0 : 2;
        int oldHeight = (int) before.shape().get(edge);
        int oldWidth = (int) before.shape().get(edge + 1);
        // Axis by axis, since some of these kernels are not square.
        AxisResize rows = AxisResize.of(way, oldHeight, (int) after.shape().get(edge)).ofWeights();
        AxisResize columns =
                AxisResize.of(way, oldWidth, (int) after.shape().get(edge + 1)).ofWeights();
        int channels =
                (int)
                        (before.shape().get(channelsLast ? 2 : 0)
                                * before.shape().get(channelsLast ? 3 : 1));

        double[] resampled =
                channelsLast
                        ? AxisResize.apply(rows, columns, doubles(before.values()), channels)
                        : planes(rows, columns, doubles(before.values()), channels);

        // timm inverts in float; case by case that is 5e-7 to 6e-6 from float64.
        assertClose(floats(resampled), after.values(), 8e-6);
    }

    @ParameterizedTest
    @MethodSource("sinCosTables")
    void sinCosTablesAreTheFamilys(Case reference) {
        JsonNode facts = reference.facts();
        NpyArray expected = array(facts, "after");
        int[] grid = grid(facts, "grid_after");
        int dim = (int) expected.shape().get(expected.shape().dimension() - 1);
        Architecture model =
                network(facts, dim)
                        .imageSize(grid[0], grid[1])
                        .positionEmbedding(
                                reference.name().contains("mae")
                                        ? PositionEmbedding.SINCOS_MAE
                                        : PositionEmbedding.SINCOS_BIG_VISION)
                        .build();

        // JAX computes angles in float: half a unit in the last place of up to 4.
        assertClose(SinCosPositions.of(model), expected.values(), 5e-7);
    }

    private static double[] planes(
            AxisResize rows, AxisResize columns, double[] kernel, int count) {
        int area = kernel.length / count;
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(kernel, i * area, (i + 1) * area))
                .flatMapToDouble(plane -> Arrays.stream(AxisResize.apply(rows, columns, plane, 1)))
                .toArray();
    }

    private static ArchitectureBuilder network(JsonNode facts, int dim) {
        int prefix = facts.get("prefix_tokens").intValue();
        return new ArchitectureBuilder()
                .patchSize(1)
                .dim(dim)
                .depth(1)
                .heads(1)
                .classToken(prefix > 0)
                .pooling(prefix > 0 ? Pooling.TOKEN : Pooling.MEAN)
                .registers(Math.max(0, prefix - 1));
    }

    private static PositionResampling way(JsonNode facts) {
        boolean aligned = facts.get("align_corners").booleanValue();
        if (facts.get("interpolation").textValue().equals("bilinear")) {
            return aligned ? PositionResampling.BILINEAR_ALIGNED : PositionResampling.BILINEAR;
        }
        if (facts.get("antialias").booleanValue()) {
            return PositionResampling.BICUBIC_ANTIALIAS;
        }
        return aligned ? PositionResampling.BICUBIC_ALIGNED : PositionResampling.BICUBIC;
    }

    private static int[] grid(JsonNode facts, String key) {
        return new int[] {facts.get(key).get(0).intValue(), facts.get(key).get(1).intValue()};
    }

    private static NpyArray array(JsonNode facts, String key) {
        return NpyArray.read(FOLDER.resolve(facts.get(key).textValue()));
    }

    private static List<Case> cases(String kind) throws IOException {
        JsonNode all = new ObjectMapper().readTree(FOLDER.resolve("cases.json").toFile());
        List<Case> cases = new ArrayList<>();
        for (JsonNode facts : all.get("cases")) {
            if (facts.get("kind").textValue().equals(kind)) {
                cases.add(new Case(facts.get("name").textValue(), facts));
            }
        }
        assertThat(cases).isNotEmpty();
        return cases;
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        assertThat(largest).isLessThan(tolerance);
    }
}
