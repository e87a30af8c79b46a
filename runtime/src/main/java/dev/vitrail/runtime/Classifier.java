package dev.vitrail.runtime;

import ai.onnxruntime.OrtException;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.SessionConfig.MemoryMode;
import dev.vitrail.runtime.SessionConfig.WeightsCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Classifies images with one ONNX model, from whose file everything is taken: labels,
 * preprocessing, names and shapes.
 *
 * <p>A classifier may be used by any number of threads at once and is made to be kept: one for an
 * application. {@link #close()} waits for the calls that are running; later ones are refused.
 */
public final class Classifier implements AutoCloseable {
    /** How many classes a prediction holds unless told otherwise. */
    public static final int DEFAULT_TOP_K = 5;

    /** The output of pooled features, where a file has one. */
    static final String EMBEDDINGS = "embeddings";

    private final Session session;
    private final ModelCard card;
    private final OptionalInt embeddingSize;
    private final boolean singlePrecision;
    private final Queue<FloatBuffer> buffers = new ConcurrentLinkedQueue<>();

    private Classifier(
            Session session, ModelCard card, OptionalInt embeddingSize, boolean singlePrecision) {
        this.session = session;
        this.card = card;
        this.embeddingSize = embeddingSize;
        this.singlePrecision = singlePrecision;
    }

    /**
     * Opens a model file with {@link SessionConfig#defaults()}.
     *
     * @param model an ONNX file that {@code vitrail export} wrote
     * @return the classifier, to be closed
     * @throws RuntimeFailure if the file cannot be classified with
     */
    public static Classifier open(Path model) {
        return open(model, SessionConfig.defaults());
    }

    /**
     * Opens a model file.
     *
     * @param model an ONNX file that {@code vitrail export} wrote
     * @param config how to open the session
     * @return the classifier, to be closed
     * @throws RuntimeFailure if the file is no model, lacks metadata, has its weights in a place
     *     where they must not be, or cannot be run on the provider asked for
     */
    public static Classifier open(Path model, SessionConfig config) {
        OnnxFile file = OnnxFileReader.read(model);
        String name = model.toString();
        ModelMetadata metadata = ModelMetadata.read(name, file.metadata());
        ExternalData.check(model, file);
        CompletableFuture<String> hash =
                checksWeights(config, file)
                        ? CompletableFuture.supplyAsync(() -> WeightsHash.of(model, file))
                        : null;
        Session session =
                isPlain(name)
                        ? openPlain(model, file, config)
                        : openMapped(model, name, file, config);
        return of(session, name, file, metadata, hash);
    }

    /**
     * Opens a model that is in memory.
     *
     * @param model the bytes of an ONNX file without external data
     * @param name what messages call it
     * @param config how to open the session
     * @return the classifier, to be closed
     * @throws RuntimeFailure as for a file
     */
    public static Classifier open(byte[] model, String name, SessionConfig config) {
        OnnxFile file = OnnxFileReader.read(model, name);
        ModelMetadata metadata = ModelMetadata.read(name, file.metadata());
        ExternalData.refuse(name, file);
        CompletableFuture<String> hash =
                checksWeights(config, file)
                        ? CompletableFuture.supplyAsync(() -> WeightsHash.of(model, file))
                        : null;
        ByteBuffer direct = ByteBuffer.allocateDirect(model.length).put(model).flip();
        return of(Session.open(name, direct, config), name, file, metadata, hash);
    }

    /** The hash, null for none, is computed while the session opens: both take about as long. */
    private static Classifier of(
            Session session,
            String name,
            OnnxFile file,
            ModelMetadata metadata,
            CompletableFuture<String> hash) {
        try {
            if (hash != null) {
                requireHash(name, file, hash);
            }
            ModelCard card = ModelCards.of(session, name, file, metadata);
            return new Classifier(
                    session,
                    card,
                    ModelCards.embeddingSize(session, name),
                    file.singlePrecision() && !session.takesHalves());
        } catch (OrtException e) {
            session.close();
            throw new RuntimeFailure(name + ": its inputs cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static boolean checksWeights(SessionConfig config, OnnxFile file) {
        return switch (config.weightsCheck()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case WHEN_EXTERNAL ->
                    file.hasExternalData()
                            && file.metadata().containsKey(ModelMetadata.WEIGHTS_SHA256);
        };
    }

    static void requireHash(String name, OnnxFile file, CompletableFuture<String> hash) {
        String actual;
        try {
            actual = hash.join();
        } catch (CompletionException e) {
            // What the other thread threw, without the library's wrapping.
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new RuntimeFailure(
                            name + ": its weights cannot be checked; give Java more memory",
                            e.getCause());
        }
        String expected = file.metadata().get(ModelMetadata.WEIGHTS_SHA256);
        if (expected == null) {
            throw new RuntimeFailure(
                    name
                            + ": has no metadata "
                            + ModelMetadata.WEIGHTS_SHA256
                            + ", so its weights cannot be checked ("
                            + WeightsCheck.ALWAYS
                            + " was asked for)");
        }
        if (!expected.equalsIgnoreCase(actual)) {
            throw new RuntimeFailure(
                    name
                            + ": the weights have SHA-256 "
                            + actual
                            + ", its metadata says "
                            + expected
                            + "; they are damaged or of another model, copy or export it again");
        }
    }

    /**
     * Whether a path survives the way into ONNX Runtime, which is handed the JVM's modified UTF-8:
     * characters beyond 16 bits and bytes that are no text do not.
     */
    private static boolean isPlain(String path) {
        return path.chars().noneMatch(c -> Character.isSurrogate((char) c) || c == 0xFFFD);
    }

    /** Weights that are not repacked need not be copied either. */
    private static Session openPlain(Path model, OnnxFile file, SessionConfig config) {
        if (config.memoryMode() == MemoryMode.QUICK_START && !file.hasExternalData()) {
            try {
                Path real = model.toRealPath();
                ByteBuffer rest = MappedWeights.outOf(real);
                return Session.open(model.toString(), rest, real.getParent(), config);
            } catch (IOException | RuntimeFailure e) {
                // Whatever is wrong with the model itself is said below.
                System.getLogger(Classifier.class.getName())
                        .log(System.Logger.Level.DEBUG, "weights are not mapped", e);
            }
        }
        return Session.open(model, config);
    }

    private static Session openMapped(
            Path model, String name, OnnxFile file, SessionConfig config) {
        if (file.hasExternalData()) {
            throw new RuntimeFailure(
                    name
                            + ": ONNX Runtime cannot find external data under this name; rename"
                            + " the file or its folder");
        }
        try (FileChannel channel = FileChannel.open(model, StandardOpenOption.READ)) {
            return Session.open(
                    name, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), config);
        } catch (IOException e) {
            throw new RuntimeFailure(name + ": cannot be read: " + SystemReason.of(e), e);
        }
    }

    /**
     * What the file says about the model.
     *
     * @return the model's card
     */
    public ModelCard card() {
        return card;
    }

    /**
     * How many numbers there are in an embedding: what the classifier head reads, after pooling.
     *
     * @return the size, or empty for a model that gives no embeddings
     */
    public OptionalInt embeddingSize() {
        return embeddingSize;
    }

    int requireEmbeddings() {
        return embeddingSize.orElseThrow(
                () ->
                        new RuntimeFailure(
                                card.name()
                                        + ": has no output "
                                        + EMBEDDINGS
                                        + "; export it with --with-embeddings"));
    }

    /**
     * Where the model runs.
     *
     * @return the provider and why it was chosen
     */
    public ProviderChoice provider() {
        return session.provider();
    }

    /**
     * Whether an image has the same logits, to the bit, in runs of any size from {@link
     * RunSize#LEAST} on. Only of ONNX Runtime's packed kernels of single precision on the CPU is
     * that known; the others are chosen by the size, and quantised ones take their scale from the
     * whole run.
     */
    boolean isIndependentOfBatch() {
        return singlePrecision
                && session.provider().chosen() instanceof Provider.Cpu
                && session.memoryMode() == SessionConfig.MemoryMode.THROUGHPUT;
    }

    /** Whether a run of the session keeps the thread busy that asks for it, and no other. */
    boolean isRunByItsCaller() {
        return session.provider().chosen() instanceof Provider.Cpu && session.threads() == 1;
    }

    /** How many runs at a time keep the processors busy. */
    int usefulRuns() {
        return session.provider().chosen() instanceof Provider.Cpu
                ? Math.max(1, Runtime.getRuntime().availableProcessors() / session.threads())
                : 1;
    }

    /**
     * Classifies an image file.
     *
     * @param image a file of a format that {@link ImageDecoder} reads
     * @return the {@value #DEFAULT_TOP_K} best classes, or why there are none
     * @throws RuntimeFailure if the session fails or is closed
     */
    public Prediction classify(Path image) {
        return classify(image, DEFAULT_TOP_K);
    }

    /**
     * Classifies an image file.
     *
     * @param image a file of a format that {@link ImageDecoder} reads
     * @param topK how many classes to return, at least 1
     * @return the best classes, or why there are none
     * @throws RuntimeFailure if the session fails or is closed
     */
    public Prediction classify(Path image, int topK) {
        try {
            return classify(ImageDecoder.decode(image, decodeOptions()), topK);
        } catch (ImageException e) {
            return failed(image, e);
        }
    }

    /**
     * Classifies a decoded image.
     *
     * @param image the image
     * @return the {@value #DEFAULT_TOP_K} best classes, or that the model's answer is not finite
     * @throws RuntimeFailure if the session fails or is closed
     */
    public Prediction classify(RgbImage image) {
        return classify(image, DEFAULT_TOP_K);
    }

    /**
     * Classifies a decoded image.
     *
     * @param image the image
     * @param topK how many classes to return, at least 1
     * @return the best classes, or that the model's answer is not finite
     * @throws RuntimeFailure if the session fails or is closed
     */
    public Prediction classify(RgbImage image, int topK) {
        requireTopK(topK);
        return Ranking.of(logits(image), 0, card.labels(), topK);
    }

    /**
     * Runs the model on a decoded image, prepared here or in the graph.
     *
     * @param image the image
     * @return {@code [classes]}
     * @throws RuntimeFailure if the session fails or is closed
     */
    public float[] logits(RgbImage image) {
        String output = card.outputName();
        if (card.fixedBatch().orElse(1) == 1) {
            return run(image, Map.of(output, logitsShape(1))).get(output);
        }
        FloatBuffer pixels = newBuffer(1);
        card.preprocessing().apply(image, pixels);
        return logits(pixels.flip(), 1);
    }

    /**
     * What the network is fed for a decoded image, prepared here or in the graph.
     *
     * @param image the image
     * @return {@code [3, height, width]}
     * @throws RuntimeFailure if the session fails or is closed
     */
    public float[] pixels(RgbImage image) {
        if (card.takesBytes()) {
            return run(image, Map.of(ModelCard.PIXELS, inputShape(1))).get(ModelCard.PIXELS);
        }
        FloatBuffer pixels = FloatBuffer.allocate(card.imageFloats());
        card.preprocessing().apply(image, pixels);
        return pixels.array();
    }

    /** One run for one image, prepared here or in the graph. */
    private Map<String, float[]> run(RgbImage image, Map<String, long[]> outputs) {
        if (card.takesBytes()) {
            return session.run(card.inputName(), Session.Feed.of(image), outputs);
        }
        FloatBuffer pixels =
                Optional.ofNullable(buffers.poll()).orElseGet(() -> newBuffer(1)).clear();
        card.preprocessing().apply(image, pixels);
        Session.Feed feed = session.feed(pixels.flip(), inputShape(1));
        Map<String, float[]> values = session.run(card.inputName(), feed, outputs);
        buffers.add(pixels);
        return values;
    }

    private long[] inputShape(int count) {
        return new long[] {
            count, 3, card.preprocessing().outputHeight(), card.preprocessing().outputWidth()
        };
    }

    private long[] logitsShape(int count) {
        return new long[] {count, card.labels().size()};
    }

    /**
     * Where the model hands out its attention weights.
     *
     * @return empty for a model that was not exported with them
     * @throws RuntimeFailure if its metadata on them is not what it must be
     */
    public Optional<AttentionOutputs> attentionOutputs() {
        return AttentionOutputs.read(card.name(), card.metadata());
    }

    /**
     * Classifies a decoded image and keeps where the network looked.
     *
     * @param image the image
     * @return classes and attention weights
     * @throws RuntimeFailure if the model hands out no attention weights, takes no batch of one, or
     *     the session fails or is closed
     */
    public Explanation explain(RgbImage image) {
        AttentionOutputs outputs =
                attentionOutputs()
                        .orElseThrow(
                                () ->
                                        new RuntimeFailure(
                                                card.name()
                                                        + ": hands out no attention weights; export"
                                                        + " it with them (--with-attention)"));
        if (card.fixedBatch().orElse(1) != 1) {
            throw new RuntimeFailure(
                    card.name() + ": takes batches of " + card.fixedBatch().get() + " alone");
        }
        int tokens = outputs.tokens();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(card.outputName(), logitsShape(1));
        outputs.layers().forEach(layer -> shapes.put(layer, new long[] {1, -1, tokens, tokens}));
        if (outputs.reads() == AttentionOutputs.Reads.POOL) {
            shapes.put(AttentionOutputs.POOL, new long[] {1, -1, 1, outputs.patches()});
        }
        Map<String, float[]> values = run(image, shapes);
        List<float[]> layers =
                outputs.layers().stream()
                        .map(layer -> Attention.overHeads(values.get(layer), tokens * tokens))
                        .toList();
        float[] pool =
                Attention.overHeads(
                        values.getOrDefault(AttentionOutputs.POOL, new float[0]),
                        outputs.patches());
        return new Explanation(
                Ranking.of(values.get(card.outputName()), 0, card.labels(), DEFAULT_TOP_K),
                new Attention(outputs, layers, pool));
    }

    /**
     * Runs the model on prepared images.
     *
     * @param images {@code [count, 3, height, width]} from the buffer's position on, normalised as
     *     {@link ModelCard#preprocessing()} does it; direct and in native byte order, or it is
     *     copied. The position stays
     * @param count the number of images, at least 1
     * @return {@code [count, classes]}, row by row
     * @throws IllegalArgumentException if the buffer holds fewer images
     * @throws IllegalStateException if the model {@linkplain ModelCard#takesBytes() is fed bytes}
     * @throws RuntimeFailure if the session fails or is closed
     */
    public float[] logits(FloatBuffer images, int count) {
        return outputs(images, count, Map.of(card.outputName(), card.labels().size()))
                .get(card.outputName());
    }

    /** What a model gives for some images: {@code [count, classes]} and {@code [count, dim]}. */
    record Answers(float[] logits, float[] embeddings) {}

    /** Logits and embeddings of prepared images. */
    Answers answers(FloatBuffer images, int count) {
        return answers(outputs(images, count, answerSizes()));
    }

    /** Logits and embeddings of an image, by a model that takes one at a time. */
    Answers answers(RgbImage image) {
        return answers(run(image, shapes(1, answerSizes())));
    }

    private Answers answers(Map<String, float[]> values) {
        return new Answers(values.get(card.outputName()), values.get(EMBEDDINGS));
    }

    private Map<String, Integer> answerSizes() {
        return Map.of(card.outputName(), card.labels().size(), EMBEDDINGS, requireEmbeddings());
    }

    private static Map<String, long[]> shapes(int count, Map<String, Integer> sizes) {
        Map<String, long[]> shapes = new HashMap<>();
        sizes.forEach((name, size) -> shapes.put(name, new long[] {count, size}));
        return shapes;
    }

    /** Outputs by name, of which the number of values for an image is given. */
    private Map<String, float[]> outputs(
            FloatBuffer images, int count, Map<String, Integer> sizes) {
        if (card.takesBytes()) {
            throw new IllegalStateException(card.name() + ": is fed bytes, not prepared images");
        }
        if (count < 1 || images.remaining() / card.imageFloats() < count) {
            throw new IllegalArgumentException(
                    "count is "
                            + count
                            + ", must be 1 to the "
                            + images.remaining() / card.imageFloats()
                            + " images in the buffer");
        }
        int fixed = card.fixedBatch().orElse(count);
        if (fixed == count) {
            FloatBuffer batch = images.slice(images.position(), count * card.imageFloats());
            return run(batch, count, sizes);
        }
        return inBatchesOf(fixed, images, count, sizes);
    }

    /** For models of one batch size: as many runs as it takes, the last one filled up. */
    private Map<String, float[]> inBatchesOf(
            int batchSize, FloatBuffer images, int count, Map<String, Integer> sizes) {
        int floats = card.imageFloats();
        Map<String, float[]> values = new HashMap<>();
        sizes.forEach((name, size) -> values.put(name, new float[Math.multiplyExact(count, size)]));
        for (int done = 0; done < count; done += batchSize) {
            int part = Math.min(batchSize, count - done);
            FloatBuffer batch = images.slice(images.position() + done * floats, part * floats);
            if (part < batchSize) {
                batch = newBuffer(batchSize).put(batch).clear();
            }
            for (Map.Entry<String, float[]> output : run(batch, batchSize, sizes).entrySet()) {
                int size = sizes.get(output.getKey());
                float[] all = values.get(output.getKey());
                System.arraycopy(output.getValue(), 0, all, done * size, part * size);
            }
        }
        return values;
    }

    private Map<String, float[]> run(FloatBuffer batch, int count, Map<String, Integer> sizes) {
        Session.Feed feed = session.feed(batch, inputShape(count));
        return session.run(card.inputName(), feed, shapes(count, sizes));
    }

    /** A direct buffer for that many prepared images. */
    FloatBuffer newBuffer(int images) {
        long bytes = 4L * images * card.imageFloats();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new RuntimeFailure(
                    "a batch of " + images + " images takes " + bytes + " bytes, at most 2 GiB");
        }
        return ByteBuffer.allocateDirect((int) bytes)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    DecodeOptions decodeOptions() {
        return card.preprocessing().decodeOptions();
    }

    /** The failure of an image, without its path: that is beside it in every row. */
    static Failed failed(Path image, ImageException e) {
        String message = e.getMessage();
        String prefix = image + ": ";
        return new Failed(
                FailureCode.of(e.code()),
                message.startsWith(prefix) ? message.substring(prefix.length()) : message);
    }

    static void requireTopK(int topK) {
        if (topK < 1) {
            throw new IllegalArgumentException("topK is " + topK + ", must be at least 1");
        }
    }

    /**
     * Frees the session. Waits for calls that are running in other threads; calls that begin
     * afterwards fail with a {@link RuntimeFailure}. Closing twice does nothing.
     */
    @Override
    public void close() {
        session.close();
        buffers.clear();
    }
}
