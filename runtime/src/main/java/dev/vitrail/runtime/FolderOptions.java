package dev.vitrail.runtime;

import java.time.Duration;
import java.util.Objects;

/**
 * How a folder is classified.
 *
 * @param topK how many classes a row has, at least 1
 * @param batch images in one run of the session, or 0 for what is fastest on the first images on a
 *     CPU, for 1 with {@link SessionConfig.MemoryMode#QUICK_START}, and for 32 on a GPU; a model of
 *     one batch size runs with that
 * @param runs runs of the session at a time, or 0 for as many as its threads leave processors for
 *     on a CPU (all of them with {@link SessionConfig#forImages}), and for 1 on a GPU
 * @param decodeThreads images that are decoded at a time beside the session's runs, or 0 for what
 *     suits: on a CPU whose processors all have a run, each thread decodes its batch itself, and
 *     there are more threads only where files are slow to read; elsewhere one per processor
 * @param imageTimeLimit how long decoding one image may take; damaged files can make a decoder run
 *     for minutes
 * @param threshold rows whose best probability, rounded as rows print it, is below this are unsure;
 *     0 for none, at most 1
 * @param thumbnailEdge the longest edge in pixels of the {@linkplain ResultRow#thumbnail
 *     thumbnails} of rows, 0 for none
 * @param embeddings whether rows have {@linkplain ResultRow#embedding embeddings}, which the model
 *     must give
 * @param fastDecode whether JPEGs are decoded at a quarter or an eighth of their size where that is
 *     enough for the model's resize: faster, with other pixels than in training
 * @param scores which number of a class rows print
 */
public record FolderOptions(
        int topK,
        int batch,
        int runs,
        int decodeThreads,
        Duration imageTimeLimit,
        double threshold,
        int thumbnailEdge,
        boolean embeddings,
        boolean fastDecode,
        RowScores scores) {
    private static final int GPU_BATCH = 32;

    /**
     * Refuses negative values, a time limit of nothing, and a threshold that is no probability.
     *
     * @param topK as the component
     * @param batch as the component
     * @param runs as the component
     * @param decodeThreads as the component
     * @param imageTimeLimit as the component
     * @param threshold as the component
     * @param thumbnailEdge as the component
     * @param embeddings as the component
     * @param fastDecode as the component
     * @param scores as the component
     * @throws IllegalArgumentException naming the field and its value
     */
    public FolderOptions {
        Objects.requireNonNull(imageTimeLimit, "imageTimeLimit");
        Objects.requireNonNull(scores, "scores");
        Classifier.requireTopK(topK);
        if (batch < 0 || runs < 0 || decodeThreads < 0) {
            throw new IllegalArgumentException(
                    "batch is "
                            + batch
                            + ", runs is "
                            + runs
                            + " and decodeThreads is "
                            + decodeThreads
                            + ", must be at least 0");
        }
        if (imageTimeLimit.isNegative() || imageTimeLimit.isZero()) {
            throw new IllegalArgumentException(
                    "imageTimeLimit is " + imageTimeLimit + ", must be above 0");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold is " + threshold + ", must be 0 to 1");
        }
        if (thumbnailEdge < 0) {
            throw new IllegalArgumentException(
                    "thumbnailEdge is " + thumbnailEdge + ", must be at least 0");
        }
    }

    /**
     * The 5 best classes, batch and threads by the machine, 10 seconds an image.
     *
     * @return the defaults
     */
    public static FolderOptions defaults() {
        return new FolderOptions(
                Classifier.DEFAULT_TOP_K,
                0,
                0,
                0,
                Duration.ofSeconds(10),
                0,
                0,
                false,
                false,
                RowScores.PROBABILITIES);
    }

    /**
     * The same with another number of classes a row.
     *
     * @param classes how many, at least 1
     * @return the changed copy
     */
    public FolderOptions withTopK(int classes) {
        return new FolderOptions(
                classes,
                batch,
                runs,
                decodeThreads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with another batch size.
     *
     * @param images images in one run of the session, or 0 for the default
     * @return the changed copy
     */
    public FolderOptions withBatch(int images) {
        return new FolderOptions(
                topK,
                images,
                runs,
                decodeThreads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with another number of runs of the session at a time.
     *
     * @param number how many, or 0 for the default
     * @return the changed copy
     */
    public FolderOptions withRuns(int number) {
        return new FolderOptions(
                topK,
                batch,
                number,
                decodeThreads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with another number of decoding threads.
     *
     * @param threads how many, or 0 for one per processor
     * @return the changed copy
     */
    public FolderOptions withDecodeThreads(int threads) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                threads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with another time limit.
     *
     * @param limit how long decoding one image may take
     * @return the changed copy
     */
    public FolderOptions withImageTimeLimit(Duration limit) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                decodeThreads,
                limit,
                threshold,
                thumbnailEdge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with another threshold.
     *
     * @param probability below which a row is unsure, 0 to 1; 0 for no threshold
     * @return the changed copy
     */
    public FolderOptions withThreshold(double probability) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                decodeThreads,
                imageTimeLimit,
                probability,
                thumbnailEdge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with thumbnails in the rows.
     *
     * @param edge their longest edge in pixels, 0 for none
     * @return the changed copy
     */
    public FolderOptions withThumbnailEdge(int edge) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                decodeThreads,
                imageTimeLimit,
                threshold,
                edge,
                embeddings,
                fastDecode,
                scores);
    }

    /**
     * The same with JPEGs decoded smaller where that is enough, or not.
     *
     * @param fast whether they are
     * @return the changed copy
     */
    public FolderOptions withFastDecode(boolean fast) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                decodeThreads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                embeddings,
                fast,
                scores);
    }

    /**
     * The same with or without embeddings in the rows.
     *
     * @param wanted whether they are there
     * @return the changed copy
     */
    public FolderOptions withEmbeddings(boolean wanted) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                decodeThreads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                wanted,
                fastDecode,
                scores);
    }

    /**
     * The same with other numbers in the rows.
     *
     * @param numbers which number of a class they print
     * @return the changed copy
     */
    public FolderOptions withScores(RowScores numbers) {
        return new FolderOptions(
                topK,
                batch,
                runs,
                decodeThreads,
                imageTimeLimit,
                threshold,
                thumbnailEdge,
                embeddings,
                fastDecode,
                numbers);
    }

    /** The images that are decoded into one buffer; {@link RunSize} may run fewer at once. */
    int batchFor(Classifier classifier) {
        return classifier.card().fixedBatch().orElse(batch > 0 ? batch : automatic(classifier));
    }

    private int automatic(Classifier classifier) {
        if (classifier.provider().chosen() instanceof Provider.Cuda) {
            return GPU_BATCH;
        }
        if (!classifier.isIndependentOfBatch()) {
            return 1;
        }
        // Several runs at a time hold the activations of all their images.
        return wantedRuns(classifier) > 1 ? RunSize.CPU_BATCH / 2 : RunSize.CPU_BATCH;
    }

    private int wantedRuns(Classifier classifier) {
        return runs > 0 ? runs : classifier.usefulRuns();
    }

    /** Runs at a time: fewer than wanted if prepared images would take a quarter of the heap. */
    int runsFor(Classifier classifier) {
        long batchBytes = 4L * batchFor(classifier) * classifier.card().imageFloats();
        long most = Runtime.getRuntime().maxMemory() / 4 / Math.max(1, batchBytes);
        return (int) Math.max(1, Math.min(wantedRuns(classifier), most));
    }

    RunSize runSize(Classifier classifier, int imagesLeft) {
        int runsAtATime = runsFor(classifier);
        if (classifier.card().fixedBatch().isPresent()) {
            return RunSize.fixed(batchFor(classifier), runsAtATime, "the model's only size");
        }
        if (batch > 0) {
            return RunSize.fixed(batch, runsAtATime, "asked for");
        }
        return classifier.isIndependentOfBatch()
                ? RunSize.automatic(imagesLeft, runsAtATime, batchFor(classifier))
                : RunSize.fixed(
                        batchFor(classifier),
                        runsAtATime,
                        "the default of " + classifier.provider().chosen().id());
    }

    /**
     * The threads that decode and run. Runs of one thread each share the processors with decoding;
     * others have threads of their own, in ONNX Runtime or on a GPU, and decoding goes on beside.
     */
    Crew crew(Classifier classifier) {
        int processors = Runtime.getRuntime().availableProcessors();
        int runsAtATime = runsFor(classifier);
        if (decodeThreads > 0 || !classifier.isRunByItsCaller()) {
            int decoders = decodeThreads > 0 ? decodeThreads : processors;
            return new Crew(decoders + runsAtATime, decoders + runsAtATime, decoders);
        }
        int threads = Math.max(processors, runsAtATime);
        return new Crew(threads, threads + processors, threads + processors);
    }
}
