package dev.vitrail.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.SessionConfig.MemoryMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One ONNX Runtime session that cannot be closed under a running call.
 *
 * <p>ONNX Runtime takes concurrent calls, but closing a session during one, or calling a closed
 * one, ends the whole JVM (1.29.0: SIGSEGV). So runs hold a read lock and closing a write lock.
 */
final class Session implements AutoCloseable {
    static final String NO_CUDA_IN_BUILD =
            "this ONNX Runtime build has no CUDA provider; it comes with Maven's"
                    + " com.microsoft.onnxruntime:onnxruntime_gpu in place of onnxruntime (build"
                    + " with -Pcuda)";

    private final String name;
    private final OrtEnvironment environment;
    private final SessionOptions options;
    private final OrtSession session;
    private final ProviderChoice provider;
    private final MemoryMode memoryMode;
    private final int threads;
    private final boolean takesHalves;
    private final Queue<ShortBuffer> halfBuffers = new ConcurrentLinkedQueue<>();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile boolean closed;
    private boolean freed;

    private Session(
            String name,
            OrtEnvironment environment,
            SessionOptions options,
            OrtSession session,
            ProviderChoice provider,
            SessionConfig config)
            throws OrtException {
        this.name = name;
        this.environment = environment;
        this.options = options;
        this.session = session;
        this.provider = provider;
        this.memoryMode = config.memoryMode();
        this.threads = config.sessionThreads();
        this.takesHalves =
                session.getInputInfo().values().stream()
                        .anyMatch(
                                input ->
                                        input.getInfo() instanceof TensorInfo tensor
                                                && tensor.type == OnnxJavaType.FLOAT16);
    }

    /** Where the model is: a file, or bytes in direct memory. */
    private interface Model {
        OrtSession open(OrtEnvironment environment, SessionOptions options) throws OrtException;
    }

    static Session open(Path path, SessionConfig config) {
        return open(
                path.toString(),
                config,
                (environment, options) -> environment.createSession(path.toString(), options));
    }

    /** The buffer must be direct. */
    static Session open(String name, ByteBuffer model, SessionConfig config) {
        return open(
                name,
                config,
                (environment, options) -> environment.createSession(model.duplicate(), options));
    }

    /** The buffer must be direct, and the model's external data in a folder. */
    static Session open(String name, ByteBuffer model, Path folder, SessionConfig config) {
        return open(
                name,
                config,
                (environment, options) -> {
                    options.addConfigEntry(
                            "session.model_external_initializers_file_folder_path",
                            folder.toString());
                    return environment.createSession(model.duplicate(), options);
                });
    }

    private static Session open(String name, SessionConfig config, Model model) {
        OrtEnvironment environment = environment();
        boolean hasCuda = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
        Provider asked = config.provider();
        if (asked instanceof Provider.Cpu) {
            return openOn(name, environment, config, model, asked, "the CPU was asked for");
        }
        if (asked instanceof Provider.Cuda) {
            if (!hasCuda) {
                throw new RuntimeFailure(
                        "provider " + asked.id() + " cannot be used: " + NO_CUDA_IN_BUILD);
            }
            return openOn(name, environment, config, model, asked, asked.id() + " was asked for");
        }
        if (!hasCuda) {
            return openOn(
                    name,
                    environment,
                    config,
                    model,
                    Provider.CPU,
                    "this ONNX Runtime build has no CUDA provider");
        }
        String lacking;
        try {
            return openOn(name, environment, config, model, Provider.CUDA, "CUDA runs here");
        } catch (RuntimeFailure e) {
            lacking = e.getMessage();
        }
        // A model that is itself at fault fails here again, with its own message.
        return openOn(name, environment, config, model, Provider.CPU, lacking);
    }

    private static Session openOn(
            String name,
            OrtEnvironment environment,
            SessionConfig config,
            Model model,
            Provider provider,
            String reason) {
        SessionOptions options = new SessionOptions();
        try {
            configure(options, config);
            if (provider instanceof Provider.Cuda cuda) {
                addCuda(options, cuda);
            }
            return new Session(
                    name,
                    environment,
                    options,
                    model.open(environment, options),
                    new ProviderChoice(config.provider(), provider, reason),
                    config);
        } catch (OrtException e) {
            options.close();
            throw new RuntimeFailure(
                    name + ": ONNX Runtime cannot load this model: " + reason(e), e);
        } catch (RuntimeException | Error e) {
            options.close();
            throw e;
        }
    }

    private static void configure(SessionOptions options, SessionConfig config)
            throws OrtException {
        options.setIntraOpNumThreads(config.sessionThreads());
        options.setOptimizationLevel(
                switch (config.optimisation()) {
                    case NONE -> SessionOptions.OptLevel.NO_OPT;
                    case BASIC -> SessionOptions.OptLevel.BASIC_OPT;
                    case EXTENDED -> SessionOptions.OptLevel.EXTENDED_OPT;
                    case ALL -> SessionOptions.OptLevel.ALL_OPT;
                });
        options.addConfigEntry("session.intra_op.allow_spinning", config.spinning() ? "1" : "0");
        if (config.memoryMode() == MemoryMode.QUICK_START) {
            options.addConfigEntry("session.disable_prepacking", "1");
        }
        // What fails is thrown as well; ONNX Runtime would print it on stderr a second time.
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    static void addCuda(SessionOptions options, Provider.Cuda cuda) {
        try {
            options.addCUDA(cuda.device());
        } catch (OrtException e) {
            String reason = reason(e);
            // The library's name is only in the line that ONNX Runtime itself prints.
            String mend =
                    reason.contains("Failed to load shared library")
                            ? "; CUDA 12 and cuDNN 9 must be where the system looks for libraries,"
                                    + " and the line of ONNX Runtime above names the one that is"
                                    + " missing"
                            : "";
            throw new RuntimeFailure(
                    "provider " + cuda.id() + " cannot be used: " + reason + mend, e);
        }
    }

    static OrtEnvironment environment() {
        try {
            NativeLibraries.prepare();
            OrtEnvironment environment = Environments.get();
            // Since 1.29 the Linux builds, too, report their use over the network unless told not
            // to.
            environment.setTelemetry(false);
            return environment;
        } catch (OrtException | RuntimeException | LinkageError e) {
            throw new RuntimeFailure(
                    "ONNX Runtime's native library cannot be loaded on "
                            + System.getProperty("os.name")
                            + " "
                            + System.getProperty("os.arch")
                            + ": "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    ProviderChoice provider() {
        return provider;
    }

    MemoryMode memoryMode() {
        return memoryMode;
    }

    /** Threads that share one operation. */
    int threads() {
        return threads;
    }

    /** Whether its input is of half precision. */
    boolean takesHalves() {
        return takesHalves;
    }

    Map<String, NodeInfo> inputs() throws OrtException {
        return session.getInputInfo();
    }

    Map<String, NodeInfo> outputs() throws OrtException {
        return session.getOutputInfo();
    }

    /**
     * Runs the model once.
     *
     * @param input the name of the input
     * @param feed what it is fed
     * @param outputs names of outputs, of floats of any width, and what their shapes must be, -1
     *     for any size
     * @return the outputs' values by name
     */
    Map<String, float[]> run(String input, Feed feed, Map<String, long[]> outputs) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new RuntimeFailure(name + ": this classifier is closed");
            }
            try (OnnxTensor tensor = feed.tensor(environment);
                    OrtSession.Result result =
                            session.run(Map.of(input, tensor), outputs.keySet())) {
                Map<String, float[]> values = new HashMap<>();
                for (Map.Entry<String, OnnxValue> output : result) {
                    String outputName = output.getKey();
                    OnnxTensor found = (OnnxTensor) output.getValue();
                    values.put(outputName, values(outputName, found, outputs.get(outputName)));
                }
                return values;
            }
        } catch (OrtException e) {
            String message = name + ": ONNX Runtime failed on " + feed.words() + ": " + reason(e);
            throw OutOfSessionMemory.isMeantBy(message)
                    ? new OutOfSessionMemory(message, e)
                    : new RuntimeFailure(message, e);
        } finally {
            feed.done();
            lock.readLock().unlock();
        }
    }

    private float[] values(String output, OnnxTensor tensor, long[] shape) {
        if (!fits(tensor.getInfo().getShape(), shape)) {
            throw new RuntimeFailure(
                    name
                            + ": output "
                            + output
                            + " has shape "
                            + Arrays.toString(tensor.getInfo().getShape())
                            + ", must be "
                            + Arrays.toString(shape));
        }
        FloatBuffer values = tensor.getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
    }

    private static boolean fits(long[] shape, long[] expected) {
        boolean fits = shape.length == expected.length;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            fits = expected[axis] == -1 || shape[axis] == expected[axis];
        }
        return fits;
    }

    /** Floats from position to limit, rounded to half precision where that is what is taken. */
    Feed feed(FloatBuffer data, long... shape) {
        return takesHalves ? new HalfFeed(data, shape) : Feed.of(data, shape);
    }

    /** Rounds to the nearest, ties to even, as a Cast in the graph would. */
    private final class HalfFeed implements Feed {
        private final FloatBuffer data;
        private final long[] shape;
        private ShortBuffer halves;

        HalfFeed(FloatBuffer data, long[] shape) {
            this.data = data;
            this.shape = shape;
        }

        @Override
        public OnnxTensor tensor(OrtEnvironment environment) throws OrtException {
            int count = data.remaining();
            halves = halfBuffers.poll();
            if (halves == null || halves.capacity() < count) {
                halves =
                        ByteBuffer.allocateDirect(Short.BYTES * count)
                                .order(ByteOrder.nativeOrder())
                                .asShortBuffer();
            }
            halves.clear().limit(count);
            for (int i = 0; i < count; i++) {
                halves.put(i, Fp16Conversions.floatToFp16(data.get(data.position() + i)));
            }
            return OnnxTensor.createTensor(environment, halves, shape, OnnxJavaType.FLOAT16);
        }

        @Override
        public String words() {
            return Feed.of(data, shape).words();
        }

        @Override
        public void done() {
            if (halves != null) {
                halfBuffers.add(halves);
            }
        }
    }

    /** What an input is fed. */
    interface Feed {
        OnnxTensor tensor(OrtEnvironment environment) throws OrtException;

        /** The tensor is not needed any longer. */
        default void done() {}

        /** What a message says of it. */
        String words();

        /** Floats from position to limit; copied unless direct and native. */
        static Feed of(FloatBuffer data, long... shape) {
            return new Feed() {
                @Override
                public OnnxTensor tensor(OrtEnvironment environment) throws OrtException {
                    return OnnxTensor.createTensor(environment, data, shape);
                }

                @Override
                public String words() {
                    return "a batch of " + shape[0];
                }
            };
        }

        /** The bytes of an image, {@code [height, width, 3]}. */
        static Feed of(RgbImage image) {
            return new Feed() {
                @Override
                public OnnxTensor tensor(OrtEnvironment environment) throws OrtException {
                    return OnnxTensor.createTensor(
                            environment,
                            ByteBuffer.wrap(image.pixels()),
                            new long[] {image.height(), image.width(), 3},
                            OnnxJavaType.UINT8);
                }

                @Override
                public String words() {
                    return "an image of " + image.width() + "x" + image.height() + " pixels";
                }
            };
        }
    }

    /** Refuses new calls at once, waits for running ones, then frees the session. */
    @Override
    public void close() {
        closed = true;
        lock.writeLock().lock();
        try {
            if (!freed) {
                freed = true;
                session.close();
                // The options must outlive the session.
                options.close();
            }
        } catch (OrtException e) {
            throw new RuntimeFailure(name + ": could not be closed: " + reason(e), e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** ONNX Runtime's message without its code and on one line. */
    private static String reason(OrtException e) {
        String message = String.valueOf(e.getMessage());
        int start = message.indexOf("message: ");
        return message.substring(start < 0 ? 0 : start + "message: ".length())
                .replaceAll("\\s+", " ")
                .trim();
    }
}
