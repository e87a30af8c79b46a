package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ImageLogitsTest {

    @Test
    void theLikeliestIsTheFirstOfEqualsAmongThePicturesOwn() {
        float[] two = {9, 1, 3, 3, -4, -5, -2, -6};
        assertThat(ImageLogits.best(two, 0, 4)).isZero();
        assertThat(ImageLogits.best(two, 4, 4)).isEqualTo(2);
        assertThat(ImageLogits.best(two, 1, 3)).isEqualTo(1);
        assertThat(new ImageLogits(Path.of("a.png"), 0, two).best()).isZero();
    }
}
