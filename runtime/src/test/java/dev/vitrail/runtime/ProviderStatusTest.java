package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import org.junit.jupiter.api.Test;

class ProviderStatusTest {

    private static ProviderStatus of(Provider provider) {
        return ProviderStatus.all().stream()
                .filter(status -> status.provider().equals(provider))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void hasTheCpuAlways() {
        assertThat(of(Provider.CPU).available()).isTrue();
        assertThat(of(Provider.CPU).reason())
                .isEqualTo("ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion());
    }

    @Test
    void saysWhichLibraryCudaLacksInABuildForTheCpu() {
        assumeFalse(
                OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
                "this build has CUDA");
        assertThat(of(Provider.CUDA).available()).isFalse();
        assertThat(of(Provider.CUDA).reason()).contains("onnxruntime_gpu");
    }

    @Test
    void namesEveryProviderOnceWithAReason() {
        assertThat(ProviderStatus.all())
                .extracting(ProviderStatus::provider)
                .containsExactly(Provider.CPU, Provider.CUDA);
        assertThat(ProviderStatus.all())
                .allSatisfy(status -> assertThat(status.reason()).isNotBlank());
    }
}
