package dev.vitrail.converter.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationOptionsTest {

    @Test
    void refusesToVerifyNothing() {
        assertThatThrownBy(() -> VerificationOptions.defaults().withSteps())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no steps");
    }

    @Test
    void aReportThatComparedNothingHasNotPassed() {
        assertThat(new VerificationReport(List.of(), List.of()).passed()).isFalse();
    }
}
