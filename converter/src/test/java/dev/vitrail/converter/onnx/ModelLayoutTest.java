package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.GraphBuilder;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes and places above what 32 bits hold, of weights that nobody reads. */
class ModelLayoutTest {
    private static final OnnxMetadata METADATA = OnnxMetadata.of("vitrail", "1", Map.of());
    private static final long RESERVE = 16 << 20;

    private final GraphBuilder builder = new GraphBuilder("large", 17);

    private void weight(String name, ElementType type, long elements) {
        builder.weight(
                name,
                TensorType.of(type, elements),
                TensorData.ofBuffers(
                        elements * type.byteSize(),
                        () -> {
                            throw new IllegalStateException("read");
                        }));
    }

    private ModelLayout layout(String dataFile) {
        Value x = builder.input("x", TensorType.of(ElementType.FLOAT, 1));
        builder.output("y", builder.node("Relu", "relu", x.type(), x));
        return new ModelLayout(builder.build(), METADATA, dataFile);
    }

    private static Map<String, String> place(ModelLayout.Tensor tensor) throws IOException {
        return TensorProto.parseFrom(tensor.header()).getExternalDataList().stream()
                .collect(
                        Collectors.toMap(
                                StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    /** protobuf-java counts in 32 bits: 2.8 GB are negative to it, 5.2 GB are 0.9 GB. */
    @ParameterizedTest
    @CsvSource({"500000000, true", "700000000, false", "1300000000, false"})
    void countsTheBytesOfAModelBeyondWhatOneMessageHolds(long elements, boolean fits) {
        weight("w", ElementType.FLOAT, elements);

        ModelLayout layout = layout(null);

        assertThat(layout.fileBytes()).isBetween(4 * elements, 4 * elements + 200);
        assertThat(layout.fitsOneMessage()).isEqualTo(fits);
    }

    @Test
    void leavesRoomForMetadataInTheLargestMessage() {
        weight("w", ElementType.INT8, 1 << 30);
        long around = layout(null).fileBytes() - (1 << 30);

        assertThat(fits(Integer.MAX_VALUE - RESERVE - around)).isTrue();
        assertThat(fits(Integer.MAX_VALUE - RESERVE - around + 1)).isFalse();
    }

    private static boolean fits(long bytes) {
        ModelLayoutTest other = new ModelLayoutTest();
        other.weight("w", ElementType.INT8, bytes);
        return other.layout(null).fitsOneMessage();
    }

    /** 4 KiB for all, and 64 KiB, in which Windows maps files, for those of 1 MiB and more. */
    @Test
    void placesTensorsOutsideAtMultiplesThatCanBeMappedBeyondFourGigabytes() throws IOException {
        weight("first", ElementType.FLOAT, 1_300_000_001);
        weight("small", ElementType.FLOAT, 1025);
        weight("large", ElementType.FLOAT, 1 << 18);
        weight("last", ElementType.FLOAT, 1024);

        ModelLayout layout = layout("large.onnx_data");

        assertThat(place(layout.tensors().get(0)))
                .containsOnly(
                        Map.entry("location", "large.onnx_data"),
                        Map.entry("offset", "0"),
                        Map.entry("length", "5200000004"));
        // 5,200,000,004 upwards to a multiple of 4,096; 4,100 bytes on to one of 65,536.
        assertThat(place(layout.tensors().get(1))).containsEntry("offset", "5200003072");
        assertThat(place(layout.tensors().get(2))).containsEntry("offset", "5200019456");
        assertThat(place(layout.tensors().get(3))).containsEntry("offset", "5201068032");
        assertThat(layout.fitsOneMessage()).isTrue();
    }

    /** ONNX Runtime's shape inference does not look outside: with a shape there it refuses. */
    @ParameterizedTest
    @CsvSource({
        "INT64, 8191, false",
        "INT64, 8192, true",
        "INT32, 16383, false",
        "FLOAT, 1023, false",
        "FLOAT, 1024, true",
        "FLOAT16, 2048, true",
        "BOOL, 4096, true"
    })
    void keepsWhatMayBeAShapeInTheModel(ElementType type, long elements, boolean external) {
        weight("w", type, elements);

        assertThat(layout("large.onnx_data").tensors().get(0).external()).isEqualTo(external);
    }
}
