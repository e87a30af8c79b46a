package dev.vitrail.converter.verify;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX file loaded in ONNX Runtime, on the CPU. */
final class OnnxModel implements AutoCloseable {
    /** What stands between ONNX Runtime's error code and its message. */
    private static final String MESSAGE = "message: ";

    private final OrtEnvironment environment;
    private final OrtSession session;

    private OnnxModel(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    static OnnxModel open(Path file, OrtSession.SessionOptions.OptLevel level) throws OrtException {
        OrtEnvironment environment = Environments.get();
        // Since 1.29 the Linux builds, too, report their use over the network unless told not to.
        environment.setTelemetry(false);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            // What fails is thrown as well; ONNX Runtime would print it on stderr a second time.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return new OnnxModel(environment, environment.createSession(file.toString(), options));
        }
    }

    List<String> outputNames() {
        return List.copyOf(session.getOutputNames());
    }

    /** Runs the model for some of its outputs, in the order of their names. */
    List<Numbers> run(Sample sample, List<String> names) throws OrtException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (String name : session.getInputNames()) {
                Sample.Content content = sample.arrays().get(name);
                if (content != null) {
                    tensors.put(name, tensor(content));
                }
            }
            List<Numbers> outputs = new ArrayList<>();
            try (OrtSession.Result result = session.run(tensors, Set.copyOf(names))) {
                for (String name : names) {
                    OnnxTensor output = (OnnxTensor) result.get(name).orElseThrow();
                    outputs.add(
                            new Numbers(
                                    type(output.getInfo().type),
                                    output.getInfo().getShape(),
                                    output.getByteBuffer()));
                }
            }
            return outputs;
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Sample.Content content) throws OrtException {
        ByteBuffer bytes = content.bytes().duplicate().order(content.bytes().order());
        OnnxJavaType type =
                switch (content.numbers()) {
                    case FLOAT32 -> OnnxJavaType.FLOAT;
                    case FLOAT64 -> OnnxJavaType.DOUBLE;
                    case FLOAT16 -> OnnxJavaType.FLOAT16;
                    case BFLOAT16 -> OnnxJavaType.BFLOAT16;
                    case INT64 -> OnnxJavaType.INT64;
                    case INT32 -> OnnxJavaType.INT32;
                    case INT16 -> OnnxJavaType.INT16;
                    case INT8 -> OnnxJavaType.INT8;
                    case UINT8 -> OnnxJavaType.UINT8;
                    case BOOLEAN -> OnnxJavaType.BOOL;
                };
        return OnnxTensor.createTensor(environment, bytes, content.shape(), type);
    }

    private static String type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> "FLOAT32";
            case DOUBLE -> "FLOAT64";
            case BOOL -> "BOOLEAN";
            default -> type.name();
        };
    }

    /** ONNX Runtime's message without its code and on one line. */
    static String reason(OrtException e) {
        String message = String.valueOf(e.getMessage());
        int start = message.indexOf(MESSAGE);
        return message.substring(start < 0 ? 0 : start + MESSAGE.length())
                .replaceAll("\\s+", " ")
                .trim();
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
