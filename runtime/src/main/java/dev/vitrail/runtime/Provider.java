package dev.vitrail.runtime;

import java.util.Locale;

/**
 * Where a session computes: the execution provider that the user asks for.
 *
 * <p>{@link Cuda} means CUDA or an error, never a silent fallback; {@link Auto} takes CUDA where it
 * runs and the CPU elsewhere, and {@link ProviderChoice} says which and why.
 */
public sealed interface Provider {
    /** CUDA where it can run, otherwise the CPU. */
    record Auto() implements Provider {
        @Override
        public String id() {
            return "auto";
        }
    }

    /** The CPU. */
    record Cpu() implements Provider {
        @Override
        public String id() {
            return "cpu";
        }
    }

    /**
     * An NVIDIA GPU.
     *
     * @param device the CUDA device number, from 0
     */
    record Cuda(int device) implements Provider {
        /**
         * Refuses negative device numbers.
         *
         * @param device as the component
         * @throws IllegalArgumentException naming the value
         */
        public Cuda {
            if (device < 0) {
                throw new IllegalArgumentException("device is " + device + ", must be at least 0");
            }
        }

        @Override
        public String id() {
            return device == 0 ? "cuda" : "cuda:" + device;
        }
    }

    /** {@link Provider.Auto}, the default. */
    Provider AUTO = new Auto();

    /** {@link Provider.Cpu}. */
    Provider CPU = new Cpu();

    /** {@link Provider.Cuda} on device 0. */
    Provider CUDA = new Cuda(0);

    /**
     * The word for this provider on a command line and in a {@link Summary}.
     *
     * @return {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:1}
     */
    String id();

    /**
     * Reads the word for a provider.
     *
     * @param text {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}, in any case
     * @return the provider
     * @throws RuntimeFailure if the word is none of these
     */
    static Provider parse(String text) {
        String word = text.trim().toLowerCase(Locale.ROOT);
        if (word.matches("cuda:[0-9]{1,4}")) {
            return new Cuda(Integer.parseInt(word.substring("cuda:".length())));
        }
        return switch (word) {
            case "auto" -> AUTO;
            case "cpu" -> CPU;
            case "cuda" -> CUDA;
            default ->
                    throw new RuntimeFailure(
                            "provider is \""
                                    + text
                                    + "\", must be auto, cpu, cuda or cuda:N (N the device"
                                    + " number)");
        };
    }
}
