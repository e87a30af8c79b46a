package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CropShareTest {

    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    /**
     * Values of {@code crop_pct} that timm's checkpoints have, at 224 and what they ask for at 384.
     */
    @ParameterizedTest
    @CsvSource({
        "1.0, 224, 384",
        "0.965, 232, 397",
        "0.95, 235, 404",
        "0.94, 238, 408",
        "0.925, 242, 415",
        "0.9, 248, 426",
        "0.875, 256, 438",
        "0.85, 263, 451"
    })
    void isFoundAgainFromTheSizesThatTimmComputes(double share, int resize, int at384) {
        assertThat((int) Math.floor(224 / share)).isEqualTo(resize);

        assertThat(CropShare.of(224, resize).value()).isEqualTo(share);
        assertThat(CropShare.of(224, resize).before(384)).isEqualTo(at384);
    }

    @Test
    void isTheRatioWhereNoShortDecimalExplainsTheSizes() {
        assertThat(CropShare.of(4_999, 15_001).value()).isEqualTo(4_999.0 / 15_001);
    }

    @Test
    void staysAboveOneWhereTheCropIsTheLargerOne() {
        assertThat(CropShare.of(256, 224).before(512)).isEqualTo(448);
    }

    @Test
    void scalesAShortEdge() {
        Preprocessing other = preprocessing(Resize.shortEdge(248)).withOutput(384, 384);

        assertThat(other.crop()).isEqualTo(Extent.square(384));
        assertThat(other.resize()).isEqualTo(Resize.shortEdge(426));
        assertThat(other.mean()).containsExactly(0.5, 0.5, 0.5);
        assertThat(other.exifOrientation()).isEqualTo(ExifOrientation.APPLY);
        assertThat(other.rescaleFactor()).isEqualTo(1 / 127.5);
    }

    /** As timm meets an input that is not square: both edges by themselves. */
    @Test
    void coversAnInputThatIsNotSquare() {
        assertThat(preprocessing(Resize.shortEdge(248)).withOutput(384, 512).resize())
                .isEqualTo(new Resize.Cover(426, 568));
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSFORMERS", "BIG_VISION"})
    void theLongEdgeDecidesWhereNothingCoversAnInput(Dialect dialect) {
        Preprocessing square =
                new Preprocessing(
                        Resize.shortEdge(256),
                        Extent.square(224),
                        Interpolation.BILINEAR,
                        HALF,
                        HALF,
                        ExifOrientation.IGNORE,
                        dialect,
                        null,
                        null);

        Preprocessing wide = square.withOutput(448, 896);

        assertThat(wide.resize()).isEqualTo(Resize.shortEdge(1024));
        assertThat(wide.withOutput(224, 448).resize()).isEqualTo(Resize.shortEdge(512));
        assertThat(wide.dialect()).isEqualTo(dialect);
    }

    @Test
    void scalesEachEdgeOfAnExactSize() {
        assertThat(preprocessing(new Resize.Exact(224, 224)).withOutput(96, 160).resize())
                .isEqualTo(new Resize.Exact(96, 160));
        assertThat(preprocessing(new Resize.Exact(248, 256)).withOutput(384, 384).resize())
                .isEqualTo(new Resize.Exact(426, 438));
        assertThat(preprocessing(new Resize.Inside(224, 224)).withOutput(96, 160).resize())
                .isEqualTo(new Resize.Inside(96, 160));
        assertThat(preprocessing(new Resize.Cover(248, 256)).withOutput(384, 384).resize())
                .isEqualTo(new Resize.Cover(426, 438));
    }

    @Test
    void keepsTheSquashOfVisionTransformer() {
        Preprocessing google =
                new Preprocessing(
                        new Resize.Exact(224, 224),
                        Extent.square(224),
                        Interpolation.BILINEAR,
                        HALF,
                        HALF,
                        ExifOrientation.IGNORE,
                        Dialect.VISION_TRANSFORMER,
                        null,
                        null);

        assertThat(google.withOutput(384, 512).resize()).isEqualTo(new Resize.Exact(384, 512));
    }

    private static Preprocessing preprocessing(Resize resize) {
        return new Preprocessing(
                resize,
                Extent.square(224),
                Interpolation.BICUBIC,
                HALF,
                HALF,
                ExifOrientation.APPLY,
                null,
                1 / 127.5,
                ColorProfile.CONVERT);
    }
}
