package dev.vitrail.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RandAugmentTest {

    private static final List<Integer> GRAY = List.of(128, 128, 128);
    private static final RgbImage IMAGE = Images.noise(24, 20, 3);

    @Test
    void leavesAsManyImagesAloneAsItsProbabilitySays() {
        Augmentation augment = RandAugment.parse("rand-m9-n2-p0.5-mstd0.5-inc1", GRAY);
        RandomGenerator random = new SplittableRandom(1);
        int alone = 0;
        for (int i = 0; i < 2_000; i++) {
            alone += augment.apply(IMAGE, random) == IMAGE ? 1 : 0;
        }
        // A quarter draws neither operation: 500, standard deviation 19.4, five of them.
        assertThat(alone).isBetween(403, 597);
    }

    @Test
    void aMagnitudeOfNothingTurnsAndMovesNothing() {
        Augmentation augment = RandAugment.parse("rand-m0-n1-p1-t3a", GRAY);
        RandomGenerator random = new SplittableRandom(1);
        boolean kept = false;
        for (int i = 0; i < 50; i++) {
            kept |= augment.apply(IMAGE, random).equals(IMAGE);
        }
        // Solarising from level 256 on is the one of the three that is nothing at magnitude 0.
        assertThat(kept).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rand",
                "rand-m9-mstd0.5-inc1",
                "rand-m15-n3-mstd101-mmax30",
                "rand-m6-t3a-p1"
            })
    void readsTimmsPoliciesAndRepeatsItself(String policy) {
        Augmentation augment = RandAugment.parse(policy, GRAY);
        for (long seed = 0; seed < 40; seed++) {
            RgbImage once = augment.apply(IMAGE, new SplittableRandom(seed));
            assertThat(augment.apply(IMAGE, new SplittableRandom(seed))).isEqualTo(once);
            assertThat(once.width()).isEqualTo(24);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "random-m9|random|\"rand\" at first",
                "rand-x9|x9|m, n, p, mstd, mmax or inc with a number, or the set t3a",
                "rand-m|m|m, n, p, mstd, mmax or inc with a number, or the set t3a",
                "rand-tweights|tweights|m, n, p, mstd, mmax or inc with a number, or the set t3a",
                "rand-n0|n0|n1 to n15",
                "rand-p2|p2|p0 to p1",
                "rand-inc2|inc2|inc0 or inc1",
            })
    void refusesWhatItDoesNotUnderstand(String policy, String section, String right) {
        assertThatThrownBy(() -> RandAugment.parse(policy, GRAY))
                .hasMessage(
                        "\"%s\" in the policy \"%s\" is not understood, must be %s",
                        section, policy, right);
    }

    @Test
    void everyAugmentationKeepsTheSizeAndRepeatsItself() {
        List<Augmentation> all =
                List.of(
                        new ColorJitter(0.4, 0.4, 0.4, 0.1),
                        new RandomRotation(-20, 20, Interpolation.BILINEAR, GRAY),
                        new RandomAffine(
                                -10, 10, 0.1, 0.1, 0.8, 1.2, 5, 5, Interpolation.NEAREST, GRAY),
                        new RandomBlur(0.1, 2),
                        new TrivialAugment(GRAY),
                        new ThreeAugment(),
                        new Grayscale().sometimes(0.5));
        for (Augmentation augment : all) {
            boolean changed = false;
            for (long seed = 0; seed < 60; seed++) {
                RgbImage once = augment.apply(IMAGE, new SplittableRandom(seed));
                assertThat(augment.apply(IMAGE, new SplittableRandom(seed))).isEqualTo(once);
                assertThat(List.of(once.width(), once.height())).isEqualTo(List.of(24, 20));
                changed |= !once.equals(IMAGE);
            }
            assertThat(changed).as("%s", augment).isTrue();
        }
    }

    @Test
    void jitterKeepsWithinItsFactors() {
        RgbImage gray = new RgbImage(1, 1, new byte[] {100, 100, 100});
        ColorJitter jitter = new ColorJitter(0.4, 0, 0, 0);
        RandomGenerator random = new SplittableRandom(1);
        double sum = 0;
        for (int i = 0; i < 2_000; i++) {
            int level = jitter.apply(gray, random).pixels()[0] & 0xFF;
            assertThat(level).isBetween(60, 140);
            sum += level;
        }
        // Evenly from 60 to 140, rounded down: mean 99.5, five deviations of the mean are 2.6.
        assertThat(sum / 2_000).isCloseTo(99.5, within(2.6));
    }
}
