package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void givesEveryAddressASeedOfItsOwn() {
        Set<Long> seeds = new HashSet<>();
        int addresses = 0;
        for (long seed = 0; seed < 10; seed++) {
            for (long epoch = 0; epoch < 100; epoch++) {
                for (long index = 0; index < 100; index++) {
                    seeds.add(Seeds.mix(seed, epoch, index));
                    addresses++;
                }
            }
        }
        assertThat(seeds).hasSize(addresses);
        assertThat(Seeds.mix(1, 2, 3)).isNotEqualTo(Seeds.mix(1, 3, 2));
        assertThat(Seeds.mix(1, 2)).isNotEqualTo(Seeds.mix(1, 2, 0));
    }

    @Test
    void neighbouringAddressesDifferInHalfOfTheirBits() {
        long bits = 0;
        int pairs = 10_000;
        for (int i = 0; i < pairs; i++) {
            bits += Long.bitCount(Seeds.mix(0, i) ^ Seeds.mix(0, i + 1));
        }
        // 64 coin tosses each: the mean of 10,000 spreads by 0.04.
        assertThat((double) bits / pairs).isBetween(31.8, 32.2);
    }

    @Test
    void permutationsAreWholeAndEvenlySpread() {
        int[] first = new int[5];
        for (int i = 0; i < 5_000; i++) {
            int[] order = Seeds.permutation(5, Seeds.random(3, i));
            assertThat(Arrays.stream(order).sorted()).containsExactly(0, 1, 2, 3, 4);
            first[order[0]]++;
        }
        // 1,000 expected, standard deviation 28.
        for (int count : first) {
            assertThat(count).isBetween(880, 1120);
        }
    }
}
