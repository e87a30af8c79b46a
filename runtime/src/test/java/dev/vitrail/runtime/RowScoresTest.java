package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.runtime.parquet.ParquetRows;
import java.io.ByteArrayOutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logits in rows are the numbers that ONNX Runtime gives, to the bit, in every format. */
class RowScoresTest {
    private static final FolderOptions LOGITS =
            FolderOptions.defaults().withTopK(2).withBatch(1).withScores(RowScores.LOGITS);

    @TempDir private Path folder;
    private Classifier classifier;
    private Path image;
    private float[] raw;

    @BeforeEach
    void runTheModelWithoutOurRuntime() throws Exception {
        byte[] model = new ModelFile().build().toByteArray();
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        classifier = Classifier.open(model, "m.onnx", config);
        image = Pictures.write(folder.resolve("a.png"), 37, 91, 9);
        ModelCard card = classifier.card();
        long[] shape = {
            1, 3, card.preprocessing().outputHeight(), card.preprocessing().outputWidth()
        };
        FloatBuffer pixels =
                FloatBuffer.wrap(
                        classifier.pixels(ImageDecoder.decode(image, classifier.decodeOptions())));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model);
                OnnxTensor input = OnnxTensor.createTensor(environment, pixels, shape);
                OrtSession.Result result = session.run(Map.of(card.inputName(), input))) {
            raw = ((float[][]) result.get(card.outputName()).orElseThrow().getValue())[0];
        }
    }

    @AfterEach
    void close() {
        classifier.close();
    }

    private String text(OutputFormat format, FolderOptions options) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ResultWriter writer = format.toStream(bytes, "memory", options.topK())) {
            run(writer, options);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void run(ResultWriter writer, FolderOptions options) {
        new FolderClassifier(classifier, options, ProgressListener.NONE)
                .run(ImageFiles.find(List.of(image)), writer);
    }

    @Test
    void jsonLines() throws Exception {
        JsonNode row = new JsonMapper().readTree(text(OutputFormat.JSONL, LOGITS));
        assertThat(row.get("predictions")).hasSize(2);
        for (JsonNode label : row.get("predictions")) {
            assertThat(label.fieldNames()).toIterable().containsExactly("label", "index", "logit");
            assertThat(Float.parseFloat(label.get("logit").asText()))
                    .isEqualTo(raw[label.get("index").asInt()]);
        }
    }

    @Test
    void commaSeparatedValues() {
        List<String> lines = text(OutputFormat.CSV, LOGITS).lines().toList();
        assertThat(lines.get(0))
                .startsWith("path,label_1,index_1,logit_1,label_2,index_2,logit_2,");
        String[] fields = lines.get(1).split(",");
        for (int at = 1; at < 7; at += 3) {
            assertThat(Float.parseFloat(fields[at + 2]))
                    .isEqualTo(raw[Integer.parseInt(fields[at + 1])]);
        }
    }

    @Test
    void parquetFromAFileAndFromAStream() throws Exception {
        Path file = folder.resolve("rows.parquet");
        try (ResultWriter writer = OutputFormat.PARQUET.toFile(file, 2, false)) {
            run(writer, LOGITS);
        }
        assertThat(text(OutputFormat.PARQUET, LOGITS))
                .isEqualTo(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        Map<?, ?> row = ParquetRows.read(file).get(0);
        assertThat(row.containsKey("probability_1")).isFalse();
        for (int rank = 1; rank <= 2; rank++) {
            assertThat(row.get("logit_" + rank))
                    .isEqualTo((double) raw[(Integer) row.get("index_" + rank)]);
        }
    }

    @Test
    void theThresholdStaysOnProbabilities() throws Exception {
        // The largest of two probabilities is at least a half whatever the logits are.
        FolderOptions options = LOGITS.withTopK(1).withThreshold(1e-6);
        JsonNode row = new JsonMapper().readTree(text(OutputFormat.JSONL, options));
        assertThat(row.get("unsure").asBoolean()).isFalse();
        row = new JsonMapper().readTree(text(OutputFormat.JSONL, options.withThreshold(1)));
        double best =
                new JsonMapper()
                        .readTree(
                                text(
                                        OutputFormat.JSONL,
                                        LOGITS.withScores(RowScores.PROBABILITIES)))
                        .at("/predictions/0/probability")
                        .asDouble();
        assertThat(row.get("unsure").asBoolean()).isEqualTo(best < 1);
    }
}
