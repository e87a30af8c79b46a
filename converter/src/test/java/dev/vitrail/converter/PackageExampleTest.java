package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the package documentation runs, and is the code that runs here. */
class PackageExampleTest {
    private static final Path MODULE = Path.of(System.getProperty("vitrail.root"), "converter");
    private static final String PACKAGE = "java/dev/vitrail/converter";

    @TempDir Path folder;

    @Test
    void exportsTheNetworkOfTheExample() {
        try (NDManager manager = NDManager.newBaseManager()) {
            // example begins
            Block network =
                    new SequentialBlock()
                            .add(
                                    Conv2d.builder()
                                            .setKernelShape(new Shape(3, 3))
                                            .setFilters(8)
                                            .build())
                            .add(Activation::relu)
                            .add(Pool.globalAvgPool2dBlock())
                            .add(Linear.builder().setUnits(5).build());
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            ExportReport report =
                    new Exporter(network, ExportOptions.defaults())
                            .input("pixel_values", 3, 32, 32)
                            .export(folder.resolve("network.onnx"));
            // example ends
            assertThat(report.verification().orElseThrow().passed()).isTrue();
        }
    }

    @Test
    void isTheExampleOfTheDocumentation() throws IOException {
        String page =
                Files.readString(MODULE.resolve("src/main/" + PACKAGE + "/package-info.java"));
        String test =
                Files.readString(
                        MODULE.resolve("src/test/" + PACKAGE + "/PackageExampleTest.java"));

        assertThat(code(page, "{@code\n", "}</pre>"))
                .isEqualTo(code(test, "// example begins\n", "// example ends"));
    }

    /** Without line breaks, indents and the stars of comments, which formatting decides. */
    private static String code(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from))
                .replaceAll("(?m)^ \\* ", "")
                .replaceAll("\\s", "");
    }
}
