package dev.vitrail.runtime;

/**
 * Which provider a session runs on, and why.
 *
 * @param asked what the {@link SessionConfig} asked for
 * @param chosen what the session runs on: {@link Provider.Cpu} or {@link Provider.Cuda}
 * @param reason one sentence, such as "this ONNX Runtime build has no CUDA provider"
 */
public record ProviderChoice(Provider asked, Provider chosen, String reason) {}
