package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vitrail.runtime.SessionConfig.MemoryMode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedWeightsTest {
    private static final SessionConfig QUICK =
            SessionConfig.defaults()
                    .withProvider(Provider.CPU)
                    .withMemoryMode(MemoryMode.QUICK_START);

    @TempDir private Path folder;

    /** protobuf's own reader is the witness. */
    @Test
    void leavesEverythingButTheWeightsAndSaysWhereTheyAre() throws Exception {
        ModelProto.Builder model = new ModelFile().withEmbeddings().build().toBuilder();
        TensorProto small =
                TensorProto.newBuilder()
                        .setName("small")
                        .setDataType(TensorProto.DataType.FLOAT.getNumber())
                        .addDims(1)
                        .addFloatData(1)
                        .build();
        model.getGraphBuilder().addInitializer(small);
        Path file = Files.write(folder.resolve("model.onnx"), model.build().toByteArray());

        ByteBuffer rest = MappedWeights.outOf(file);
        byte[] bytes = new byte[rest.remaining()];
        rest.get(bytes);
        ModelProto without = ModelProto.parseFrom(bytes);
        TensorProto weights = without.getGraph().getInitializer(0);
        assertThat(weights.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
        Map<String, String> place =
                weights.getExternalDataList().stream()
                        .collect(
                                Collectors.toMap(
                                        StringStringEntryProto::getKey,
                                        StringStringEntryProto::getValue));
        assertThat(place).containsEntry("location", "model.onnx").hasSize(3);
        byte[] whole = Files.readAllBytes(file);
        byte[] raw = model.getGraph().getInitializer(0).getRawData().toByteArray();
        assertThat(ByteBuffer.wrap(whole, Integer.parseInt(place.get("offset")), raw.length))
                .isEqualTo(ByteBuffer.wrap(raw));
        assertThat(place.get("length")).isEqualTo("" + raw.length);

        ModelProto.Builder again = without.toBuilder();
        again.getGraphBuilder()
                .getInitializerBuilder(0)
                .clearExternalData()
                .clearDataLocation()
                .setRawData(model.getGraph().getInitializer(0).getRawData());
        assertThat(again.build()).isEqualTo(model.build());
    }

    /** At any place of the file, through links, and under names that ONNX Runtime must escape. */
    @Test
    void answersToTheBitAsWithWeightsInside() throws Exception {
        byte[] bytes = new ModelFile().build().toByteArray();
        float[] expected;
        try (Classifier classifier = Classifier.open(bytes, "memory", QUICK)) {
            expected = classifier.logits(Pictures.plain(3, 77, 251));
        }
        for (int shift = 0; shift < 5; shift++) {
            ModelProto model =
                    new ModelFile().build().toBuilder().setProducerName("x".repeat(shift)).build();
            Path file = folder.resolve("a model, Ünïcode " + shift + ".onnx");
            Files.write(file, model.toByteArray());
            Path link = Files.createSymbolicLink(folder.resolve("link" + shift), file);
            for (Path path : new Path[] {file, link}) {
                try (Classifier classifier = Classifier.open(path, QUICK)) {
                    assertThat(classifier.logits(Pictures.plain(3, 77, 251))).isEqualTo(expected);
                    Path maps = Path.of("/proc/self/maps");
                    if (Files.exists(maps)) {
                        assertThat(Files.readString(maps)).contains(" " + shift + ".onnx");
                    }
                }
            }
        }
    }
}
