package dev.vitrail.cli;

import dev.vitrail.runtime.Provider;
import dev.vitrail.runtime.RuntimeFailure;
import dev.vitrail.runtime.SessionConfig;
import picocli.CommandLine.Option;

/** Where and how ONNX Runtime computes: options shared by the commands that run a file. */
final class SessionOptions {
    @Option(
            names = "--provider",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description = {
                "auto, cpu, cuda or cuda:N. auto takes CUDA where it runs and says what it chose;"
                        + " cuda means CUDA or an error. Default: ${DEFAULT-VALUE}."
            })
    private String provider;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "auto",
            description =
                    "Threads of one operation; auto is one a processor, or 1 where several runs go"
                            + " at a time. Default: auto.")
    private String threads;

    SessionConfig config() {
        int count = Arguments.countOrAuto("--threads", threads);
        try {
            return SessionConfig.defaults()
                    .withProvider(Provider.parse(provider))
                    .withIntraOpThreads(count);
        } catch (RuntimeFailure e) {
            throw Failure.wrongUse("--" + e.getMessage());
        }
    }
}
