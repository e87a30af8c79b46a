package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureCacheTest {

    private static final int PICTURE_BYTES = 3 * 24 * 24;

    @TempDir Path folder;
    private List<Path> files;

    @BeforeEach
    void drawThreePictures() throws IOException {
        Pictures.write(folder, DrawnShape.HEART, 3);
        files =
                List.of(
                        folder.resolve("000.png"),
                        folder.resolve("001.png"),
                        folder.resolve("002.png"));
    }

    @Test
    void keepsWhatFitsAndDecodesTheRestEachTime() throws IOException {
        PictureCache cache = cache(2 * PICTURE_BYTES);
        RgbImage first = cache.read(files.get(0));
        RgbImage third = cache.read(files.get(2));
        RgbImage second = cache.read(files.get(1));
        assertThat(cache.read(files.get(0))).isSameAs(first);
        assertThat(cache.read(files.get(2))).isSameAs(third);
        assertThat(cache.read(files.get(1))).isNotSameAs(second).isEqualTo(second);
    }

    @Test
    void survivesTheLossOfAFileThatItKeeps() throws IOException {
        PictureCache cache = cache(PICTURE_BYTES);
        RgbImage first = cache.read(files.get(0));
        Files.delete(files.get(0));
        assertThat(cache.read(files.get(0))).isSameAs(first);
        Files.delete(files.get(1));
        assertThatThrownBy(() -> cache.read(files.get(1)))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("001.png");
    }

    @Test
    void findsBrokenFilesWhileFilling() throws IOException {
        Path broken = Pictures.writeBroken(folder.resolve("003.png"));
        List<Path> all = List.of(files.get(0), broken, files.get(1), files.get(2));
        assertThat(cache(10 * PICTURE_BYTES).fill(all, 2))
                .extracting(UnreadableImage::path)
                .containsExactly(broken);
    }

    private static PictureCache cache(long capacity) {
        return new PictureCache(DecodeOptions.DEFAULT, UnaryOperator.identity(), capacity);
    }
}
