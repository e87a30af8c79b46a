package dev.vitrail.cli;

import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.SessionConfig;
import java.io.IOException;
import java.io.InputStream;

/**
 * The small model in the jar, which {@code classify} uses where none is named: six drawn shapes.
 * The quickstart's model, made by {@code vitrail quickstart}; the README says how.
 */
final class ShippedModel {
    static final String NAME = "shapes.onnx (shipped)";

    private static final String RESOURCE = "shapes.onnx";

    private ShippedModel() {}

    static Classifier open(SessionConfig config) {
        return Classifier.open(bytes(), NAME, config);
    }

    static byte[] bytes() {
        try (InputStream model = ShippedModel.class.getResourceAsStream(RESOURCE)) {
            if (model == null) {
                throw Failure.failed("this build carries no model; name one with --model");
            }
            return model.readAllBytes();
        } catch (IOException e) {
            throw Failure.failed("the shipped model cannot be read: " + e.getMessage(), e);
        }
    }
}
