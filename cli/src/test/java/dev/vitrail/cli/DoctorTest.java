package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void reportsProvidersProcessorMemoryAndSpeed() throws Exception {
        Command doctor = Command.run("doctor", "--json");
        assertThat(doctor.exitCode()).isZero();
        JsonNode report = new ObjectMapper().readTree(doctor.out());
        assertThat(report.get("processors").intValue())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(report.get("processor_features").isArray()).isTrue();
        assertThat(report.get("memory_bytes").longValue())
                .isGreaterThanOrEqualTo(report.get("heap_bytes").longValue());
        assertThat(report.at("/providers/0/available").booleanValue()).isTrue();
        assertThat(report.at("/providers/1/name").textValue()).isEqualTo("cuda");
        assertThat(report.at("/providers/1/reason").textValue()).isNotBlank();
        // Even a machine that is busy does more than one image of 48 pixels a second.
        assertThat(report.at("/benchmark/images_per_second").doubleValue()).isGreaterThan(1);
    }
}
