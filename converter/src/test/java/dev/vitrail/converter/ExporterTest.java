package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.testing.TinyVit;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExporterTest {
    @TempDir Path folder;

    @Test
    void exportsAVisionTransformerThatComputesWhatDjlComputes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            TinyVit vit = TinyVit.initialised(manager, TinyVit.Config.TINY);

            ExportReport report =
                    new Exporter(vit, ExportOptions.defaults())
                            .input("pixel_values", 3, 32, 32)
                            .export(folder.resolve("vit.onnx"));

            assertThat(folder.resolve("vit.onnx")).isRegularFile();
            assertThat(report.verification())
                    .hasValueSatisfying(v -> assertThat(v.passed()).isTrue());
        }
    }
}
