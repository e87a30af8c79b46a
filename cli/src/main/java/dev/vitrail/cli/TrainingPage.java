package dev.vitrail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.ReportPage;
import dev.vitrail.runtime.ReportWriter;
import dev.vitrail.zoo.train.Evaluation;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A page about a network: curves of its training, figures of its classes, its confusion matrix and
 * its surest mistakes. Each part is there if what it shows is.
 */
final class TrainingPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode data = JSON.createObjectNode();

    /**
     * Begins a page without curves.
     *
     * @param name of the network
     */
    TrainingPage(Path name) {
        data.put("name", name.toString());
        data.putArray("history");
    }

    /** A page of a run's curves and what its own evaluation gave. */
    static TrainingPage of(Run run) {
        TrainingPage page = new TrainingPage(run.folder()).withCurves(run);
        if (Files.exists(run.evaluationFile())) {
            try {
                page.data.set("evaluation", JSON.readTree(run.evaluationFile().toFile()));
            } catch (IOException e) {
                throw Failure.failed(
                        run.evaluationFile() + ": cannot be read: " + SystemReason.of(e), e);
            }
        }
        return page;
    }

    /** Adds the curves of a run. */
    TrainingPage withCurves(Run run) {
        data.set("history", JSON.valueToTree(run.history()));
        run.best().ifPresent(best -> data.put("best", best.epoch()));
        return this;
    }

    /** Adds what an evaluation gave that is not the run's own. */
    TrainingPage withEvaluation(Evaluation evaluation, Path pictures) {
        data.set("evaluation", JSON.valueToTree(evaluation.fields()));
        data.put("pictures", pictures.toString());
        return this;
    }

    /**
     * Adds thumbnails of the mistakes; a picture that is gone has none.
     *
     * @param pictures the folder in which the evaluation's paths are
     * @param decoding how they are read
     */
    TrainingPage withThumbnails(Path pictures, DecodeOptions decoding) {
        data.put("complete", true);
        for (JsonNode mistake : data.path("evaluation").path("mistakes")) {
            try {
                Path file = pictures.resolve(mistake.path("path").asText());
                ((ObjectNode) mistake)
                        .put(
                                "picture",
                                Thumbnail.of(
                                                ImageDecoder.decode(file, decoding),
                                                ReportWriter.THUMBNAIL_EDGE)
                                        .base64());
            } catch (ImageException | InvalidPathException e) {
                // The page says of this one that it cannot be shown.
                continue;
            }
        }
        return this;
    }

    /** Writes the page, whole or not at all. */
    void write(Path file) {
        try {
            AtomicFile.write(
                    file,
                    new ReportPage("Vitrail training", TrainingPage.class, "chart", "training")
                            .of(data));
        } catch (IOException e) {
            throw Failure.failed(file + ": cannot be written: " + SystemReason.of(e), e);
        }
    }
}
