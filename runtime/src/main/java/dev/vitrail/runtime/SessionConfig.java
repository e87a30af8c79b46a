package dev.vitrail.runtime;

import java.util.Objects;

/**
 * How a session is opened.
 *
 * @param provider where to compute
 * @param intraOpThreads threads that share one operation, or 0 for one per processor of this JVM
 * @param optimisation how much ONNX Runtime rewrites the graph when it loads it
 * @param memoryMode whether weights are repacked for speed or used as they lie in the file
 * @param spinning whether idle session threads burn their processor while they wait; right only
 *     where nothing else, such as decoding, wants the cores
 * @param weightsCheck when the weights are compared with the hash in the file's metadata
 */
public record SessionConfig(
        Provider provider,
        int intraOpThreads,
        Optimisation optimisation,
        MemoryMode memoryMode,
        boolean spinning,
        WeightsCheck weightsCheck) {

    /** Repacking takes about as long as it saves on so many images, for ViT-Ti as for ViT-B. */
    private static final int FEW = 4;

    /** How much ONNX Runtime rewrites the graph while it loads. */
    public enum Optimisation {
        /** Nothing: what is in the file is what runs. */
        NONE,
        /** Constant folding and removal of what is not needed. */
        BASIC,
        /** Also fused operators of ONNX Runtime's own. */
        EXTENDED,
        /** Also memory layouts that suit this processor. */
        ALL
    }

    /** What is done with the weights when the session is created. */
    public enum MemoryMode {
        /** Repacks matrices for speed: some seconds for a large model, then the fastest runs. */
        THROUGHPUT,
        /**
         * Leaves weights where they are: opens at once and takes little memory, and runs some 5 to
         * 10 % slower. Right for a single photo.
         */
        QUICK_START
    }

    /** When the weights are compared with {@code vitrail.weights_sha256}. */
    public enum WeightsCheck {
        /**
         * Where weights lie in a file of their own, which can be lost, exchanged or damaged apart
         * from the model file. Costs one reading of that file.
         */
        WHEN_EXTERNAL,
        /** Always; a file without a hash is refused. */
        ALWAYS,
        /** Never. */
        NEVER
    }

    /**
     * Refuses a negative number of threads.
     *
     * @param provider as the component
     * @param intraOpThreads as the component
     * @param optimisation as the component
     * @param memoryMode as the component
     * @param spinning as the component
     * @param weightsCheck as the component
     * @throws IllegalArgumentException naming the field and its value
     */
    public SessionConfig {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(optimisation, "optimisation");
        Objects.requireNonNull(memoryMode, "memoryMode");
        Objects.requireNonNull(weightsCheck, "weightsCheck");
        if (intraOpThreads < 0) {
            throw new IllegalArgumentException(
                    "intraOpThreads is " + intraOpThreads + ", must be at least 0");
        }
    }

    /**
     * What suits most: CUDA if there is any, all processors, all optimisations, no spinning
     * (decoding shares the cores), weights checked where they are external.
     *
     * @return the defaults
     */
    public static SessionConfig defaults() {
        return new SessionConfig(
                Provider.AUTO,
                0,
                Optimisation.ALL,
                MemoryMode.THROUGHPUT,
                false,
                WeightsCheck.WHEN_EXTERNAL);
    }

    /**
     * The same in the memory mode that gives so many rows soonest: for a few images, repacking the
     * weights takes longer than it saves. The mode may depend on nothing but the number, because
     * the two differ in the last bits of a logit, and a resumed run must give the same rows.
     *
     * <p>For more than a few, a number of threads that is left open becomes one: as many
     * {@linkplain FolderOptions#runs runs} at a time as there are processors do more than one run
     * on all of them, whose threads wait for each other after every operation.
     *
     * @param files the images of a whole run, those of before a stop included
     * @return the changed copy
     */
    public SessionConfig forImages(ImageFiles files) {
        if (!files.hasMoreThan(FEW)) {
            return withMemoryMode(MemoryMode.QUICK_START);
        }
        return withMemoryMode(MemoryMode.THROUGHPUT)
                .withIntraOpThreads(intraOpThreads == 0 ? 1 : intraOpThreads);
    }

    /**
     * The same with another provider.
     *
     * @param other the provider
     * @return the changed copy
     */
    public SessionConfig withProvider(Provider other) {
        return new SessionConfig(
                other, intraOpThreads, optimisation, memoryMode, spinning, weightsCheck);
    }

    /**
     * The same with another number of threads.
     *
     * @param threads threads that share one operation, or 0 for one per processor
     * @return the changed copy
     */
    public SessionConfig withIntraOpThreads(int threads) {
        return new SessionConfig(
                provider, threads, optimisation, memoryMode, spinning, weightsCheck);
    }

    /**
     * The same with another memory mode.
     *
     * @param mode the memory mode
     * @return the changed copy
     */
    public SessionConfig withMemoryMode(MemoryMode mode) {
        return new SessionConfig(
                provider, intraOpThreads, optimisation, mode, spinning, weightsCheck);
    }

    /**
     * The same with another rule for checking weights.
     *
     * @param check when to check
     * @return the changed copy
     */
    public SessionConfig withWeightsCheck(WeightsCheck check) {
        return new SessionConfig(
                provider, intraOpThreads, optimisation, memoryMode, spinning, check);
    }

    /** The number of threads to ask ONNX Runtime for, at least 1. */
    int sessionThreads() {
        // ONNX Runtime counts the host's cores; a container may own fewer, which the JVM knows.
        return intraOpThreads == 0 ? Runtime.getRuntime().availableProcessors() : intraOpThreads;
    }
}
