package dev.vitrail.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.List;

/**
 * Whether a provider can be used on this machine, and if not, what is lacking.
 *
 * @param provider {@link Provider.Cpu} or {@link Provider.Cuda} on device 0
 * @param available whether a session can be opened on it
 * @param reason one sentence: what it runs with, or what is lacking
 */
public record ProviderStatus(Provider provider, boolean available, String reason) {

    /**
     * Asks ONNX Runtime.
     *
     * @return one status for each provider that {@link SessionConfig} can name
     * @throws RuntimeFailure if ONNX Runtime's native library cannot be loaded
     */
    public static List<ProviderStatus> all() {
        OrtEnvironment environment = Session.environment();
        String version = "ONNX Runtime " + environment.getVersion();
        return List.of(new ProviderStatus(Provider.CPU, true, version), cuda(version));
    }

    private static ProviderStatus cuda(String version) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return new ProviderStatus(Provider.CUDA, false, Session.NO_CUDA_IN_BUILD);
        }
        try (SessionOptions options = new SessionOptions()) {
            Session.addCuda(options, new Provider.Cuda(0));
            return new ProviderStatus(Provider.CUDA, true, version);
        } catch (RuntimeFailure e) {
            return new ProviderStatus(Provider.CUDA, false, e.getMessage());
        }
    }
}
