package dev.vitrail.runtime;

import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.Prediction.Classified;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * One row of a result.
 *
 * @param path the image's path as {@link ImageFiles#name} gives it
 * @param prediction what became of the image
 * @param unsure whether the best probability is below the {@linkplain FolderOptions#threshold
 *     threshold} of the run
 * @param thumbnail the image made small, if the {@linkplain FolderOptions#thumbnailEdge options}
 *     ask for it and it was decoded in this run
 * @param embedding what the classifier head reads, {@code [dim]}, if the {@linkplain
 *     FolderOptions#embeddings options} ask for it and the image was classified in this run
 */
public record ResultRow(
        String path,
        Prediction prediction,
        boolean unsure,
        Optional<Thumbnail> thumbnail,
        Optional<FloatBuffer> embedding) {
    /**
     * A row of a run without a threshold.
     *
     * @param path as the component
     * @param prediction as the component
     */
    public ResultRow(String path, Prediction prediction) {
        this(path, prediction, false);
    }

    /** A row without a picture. */
    ResultRow(String path, Prediction prediction, boolean unsure) {
        this(path, prediction, unsure, Optional.empty(), Optional.empty());
    }

    /** The row of an image, which is compared as rows print it: rounded. */
    static ResultRow of(
            String path, Prediction prediction, double threshold, Optional<Thumbnail> thumbnail) {
        boolean unsure =
                prediction instanceof Classified classified
                        && RowNumber.of(classified.best().probability()).doubleValue() < threshold;
        return new ResultRow(path, prediction, unsure, thumbnail, Optional.empty());
    }

    /** The same with an embedding, or null for none. */
    ResultRow withEmbedding(FloatBuffer values) {
        return new ResultRow(path, prediction, unsure, thumbnail, Optional.ofNullable(values));
    }
}
