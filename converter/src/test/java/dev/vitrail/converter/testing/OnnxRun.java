package dev.vitrail.converter.testing;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.onnx.OnnxMetadata;
import dev.vitrail.converter.onnx.OnnxWriter;
import dev.vitrail.converter.onnx.PendingModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs graphs of float and int64 inputs in ONNX Runtime, as they are written. */
public final class OnnxRun {
    private OnnxRun() {}

    /** Weights between −1 and 1, or 0.5 and 1.5 for variances, the same for the same name. */
    public static TensorData weights(Value value) {
        Random random = new Random(value.name().hashCode());
        double lowest = value.name().contains("variance") ? 0.5 : -1;
        double width = value.name().contains("variance") ? 1 : 2;
        ByteBuffer bytes =
                ByteBuffer.allocateDirect((int) value.type().byteSize())
                        .order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (lowest + width * random.nextDouble()));
        }
        bytes.flip();
        return TensorData.ofBuffers(bytes.remaining(), () -> List.of(bytes));
    }

    /**
     * All float outputs of a graph on random inputs, with ONNX Runtime's own passes switched off.
     */
    public static List<float[]> run(Graph graph, int batch) {
        try {
            Path folder = Files.createTempDirectory("onnx-run");
            Path file = folder.resolve("graph.onnx");
            try {
                OnnxMetadata metadata = OnnxMetadata.of("test", "1", Map.of());
                try (PendingModel pending =
                        OnnxWriter.write(graph, metadata, file, ExternalDataPolicy.NEVER)) {
                    pending.commit();
                }
                return run(graph, file, batch, OptLevel.NO_OPT);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException | OrtException e) {
            throw new AssertionError("ONNX Runtime: " + e.getMessage(), e);
        }
    }

    /** All float outputs of a file on random inputs. */
    public static List<float[]> run(Graph graph, Path file, int batch, OptLevel level)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            try (OrtSession session = environment.createSession(file.toString(), options)) {
                for (Value input : graph.inputs()) {
                    inputs.put(input.name(), random(environment, input, batch));
                }
                try (OrtSession.Result result = session.run(inputs)) {
                    List<float[]> outputs = new ArrayList<>();
                    for (Map.Entry<String, OnnxValue> entry : result) {
                        FloatBuffer values = ((OnnxTensor) entry.getValue()).getFloatBuffer();
                        float[] output = new float[values.remaining()];
                        values.get(output);
                        outputs.add(output);
                    }
                    return outputs;
                }
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor random(OrtEnvironment environment, Value input, int batch)
            throws OrtException {
        TensorType type = input.type();
        long[] shape = new long[type.rank()];
        long count = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            Dim dim = type.dim(axis);
            shape[axis] =
                    dim instanceof Dim.Fixed fixed
                            ? fixed.size()
                            : ((Dim.Symbol) dim).factor() * batch;
            count *= shape[axis];
        }
        Random random = new Random(input.name().hashCode() + batch);
        if (type.elementType() == ElementType.INT64) {
            LongBuffer values = LongBuffer.wrap(random.longs(count, 0, 3).toArray());
            return OnnxTensor.createTensor(environment, values, shape);
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }
}
