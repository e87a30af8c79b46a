package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunSizeTest {
    /** The sizes of a run in which a batch takes as long as its size says. */
    private static RunSize after(int batches, int imagesLeft, IntToLongFunction nanos) {
        RunSize size = RunSize.automatic(imagesLeft);
        for (int i = 0; i < batches; i++) {
            size.took(8, nanos.applyAsLong(size.current()));
        }
        return size;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void choosesTheFastestSize(int fastest) {
        RunSize size = after(13, 1000, current -> current == fastest ? 800 : 1000);
        assertThat(size.choice())
                .isEqualTo(
                        new BatchChoice(fastest, "the best of 4, 8, 2, 1 on the first 96 images"));
    }

    @Test
    void keepsItsDefaultWhereTheOthersGainNothingThatIsNotNoise() {
        assertThat(after(13, 1000, current -> current == 8 ? 970 : 1000).current()).isEqualTo(4);
    }

    @Test
    void doesNotCountTheFirstBatch() {
        RunSize size = RunSize.automatic(1000);
        size.took(8, 1_000_000);
        assertThat(size.current()).isEqualTo(4);
        for (int i = 0; i < 12; i++) {
            size.took(8, size.current() == 4 ? 800 : 1000);
        }
        assertThat(size.current()).isEqualTo(4);
    }

    @Test
    void triesNothingInAShortRunAndNothingThatWasToldOrHalved() {
        assertThat(after(13, 199, current -> 1000 - current).current()).isEqualTo(4);
        RunSize told = RunSize.fixed(6, "asked for");
        told.took(8, 1);
        assertThat(told.choice()).isEqualTo(new BatchChoice(6, "asked for"));
        RunSize halved = after(2, 1000, current -> 1000);
        assertThat(halved.current()).isEqualTo(8);
        assertThat(halved.halve()).isTrue();
        halved.took(8, 1);
        assertThat(halved.current()).isEqualTo(4);
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
