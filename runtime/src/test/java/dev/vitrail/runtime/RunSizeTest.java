package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunSizeTest {
    /** The sizes of a run in which a batch takes as long as its size says. */
    private static RunSize after(int batches, int imagesLeft, IntToLongFunction nanos) {
        RunSize size = RunSize.automatic(imagesLeft, 1, 8);
        for (int i = 0; i < batches; i++) {
            int tried = size.begin();
            size.took(tried, 8, nanos.applyAsLong(tried));
        }
        return size;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void choosesTheFastestSize(int fastest) {
        RunSize size = after(10, 1000, current -> current == fastest ? 800 : 1000);
        assertThat(size.choice())
                .isEqualTo(
                        new BatchChoice(fastest, 1, "the best of 4, 8, 2 on the first 72 images"));
    }

    @Test
    void keepsItsDefaultWhereTheOthersGainNothingThatIsNotNoise() {
        assertThat(after(10, 1000, current -> current == 8 ? 970 : 1000).current()).isEqualTo(4);
    }

    @Test
    void doesNotCountTheFirstBatch() {
        RunSize size = RunSize.automatic(1000, 1, 8);
        assertThat(size.begin()).isEqualTo(4);
        size.took(4, 8, 1_000_000);
        for (int i = 0; i < 9; i++) {
            int tried = size.begin();
            size.took(tried, 8, tried == 4 ? 800 : 1000);
        }
        assertThat(size.current()).isEqualTo(4);
    }

    /** Batches that are under way at the same time end in any order. */
    @Test
    void triesSmallerSizesInSeveralRunsAtATime() {
        RunSize size = RunSize.automatic(1000, 3, 4);
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            begun.add(size.begin());
        }
        assertThat(begun).containsExactly(4, 2, 4, 2, 4, 2, 4, 2, 4);
        // The first three to end count for nothing.
        for (int tried : List.of(2, 2, 2, 4, 2, 4, 4, 2, 2)) {
            size.took(tried, 4, tried == 2 ? 1 : 1000);
        }
        assertThat(size.choice())
                .isEqualTo(new BatchChoice(2, 3, "the best of 4, 2 on the first 24 images"));
        assertThat(size.begin()).isEqualTo(2);
    }

    @Test
    void isHalvedOnceByRunsOfTheSameSize() {
        RunSize size = RunSize.fixed(8, 2, "asked for");
        assertThat(size.halve(8)).isTrue();
        assertThat(size.halve(8)).isTrue();
        assertThat(size.choice())
                .isEqualTo(new BatchChoice(4, 2, "halved from 8, for which memory was short"));
        assertThat(size.halve(4)).isTrue();
        assertThat(size.current()).isEqualTo(2);
        assertThat(size.halve(1)).isFalse();
    }

    @Test
    void triesNothingInAShortRunAndNothingThatWasToldOrHalved() {
        assertThat(after(13, 199, current -> 1000 - current).current()).isEqualTo(4);
        RunSize told = RunSize.fixed(6, 1, "asked for");
        told.took(6, 8, 1);
        assertThat(told.choice()).isEqualTo(new BatchChoice(6, 1, "asked for"));
        RunSize halved = after(1, 1000, current -> 1000);
        assertThat(halved.begin()).isEqualTo(8);
        assertThat(halved.halve(8)).isTrue();
        halved.took(4, 8, 1);
        assertThat(halved.begin()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "'Failed to allocate memory for requested buffer of size 1073741824', true",
        "'CUDA failure 2: out of memory ; GPU=0 ; hostname=a', true",
        "'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0', true",
        "'Available memory of 12 is smaller than requested bytes of 99', true",
        "'std::bad_alloc', true",
        "'Non-zero status code returned while running MatMul node', false",
        "'CUDA failure 700: an illegal memory access was encountered', false",
    })
    void knowsLackOfMemoryByWhatTheLibrariesSay(String message, boolean expected) {
        assertThat(OutOfSessionMemory.isMeantBy(message)).isEqualTo(expected);
    }
}
