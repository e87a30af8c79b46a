package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyArrayTest {

    @TempDir Path folder;

    /**
     * Written by NumPy 2.4: {@code (np.arange(24).reshape(2, 3, 4) - 12) / 8}, last axis slowest.
     */
    @Test
    void readsWhatNumpyWrites() throws IOException {
        Path path = folder.resolve("fortran.npy");
        try (InputStream resource = NpyArrayTest.class.getResourceAsStream("fortran.npy")) {
            Files.write(path, resource.readAllBytes());
        }
        NpyArray array = NpyArray.read(path);
        assertThat(array.shape()).isEqualTo(new Shape(2, 3, 4));
        for (int i = 0; i < 24; i++) {
            assertThat(array.values()[i]).isEqualTo((i - 12) / 8f);
        }
    }

    @Test
    void refusesWhatIsNoArrayOfFloats() throws IOException {
        byte[] sound = Samples.npy("<f4", false, "(2,)", Samples.floats(1, 2));
        refused(Arrays.copyOf(sound, sound.length - 1), "8 bytes after a header of 128, but has");
        refused(Arrays.copyOf(sound, sound.length + 1), "8 bytes after a header of 128, but has");
        refused(Samples.npy("<f4", false, "(480000000,)", new byte[0]), "1920000000 bytes after");
        refused(Samples.npy("<i4", false, "(1,)", new byte[4]), "holds I32, must hold floats");
        refused(Samples.npy("|O", false, "(1,)", new byte[4]), "a pickle");
        refused(new byte[0], "does not begin like an npy array");
    }

    private void refused(byte[] content, String message) throws IOException {
        Path path = Files.write(folder.resolve("bad.npy"), content);
        assertThatThrownBy(() -> NpyArray.read(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(message);
    }
}
