package dev.vitrail.runtime;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a folder run ended.
 *
 * @param images rows written, classified and failed
 * @param classified images with a prediction
 * @param failed images without one
 * @param seconds from the first path to the last row
 * @param provider where the model ran: {@code cpu} or {@code cuda}
 * @param model the model's file
 * @param stopped whether the run was stopped before all images were done
 * @param resumed rows among the images that an earlier, stopped run wrote
 * @param unsure classified images whose best probability is below the threshold, empty for a run
 *     without one
 * @param batch how many images ran at once and why; empty where none did
 */
public record Summary(
        long images,
        long classified,
        long failed,
        double seconds,
        String provider,
        String model,
        boolean stopped,
        long resumed,
        OptionalLong unsure,
        Optional<BatchChoice> batch) {

    /**
     * The summary of a run in which no image came to the session.
     *
     * @param images as the component
     * @param classified as the component
     * @param failed as the component
     * @param seconds as the component
     * @param provider as the component
     * @param model as the component
     * @param stopped as the component
     * @param resumed as the component
     * @param unsure as the component
     */
    public Summary(
            long images,
            long classified,
            long failed,
            double seconds,
            String provider,
            String model,
            boolean stopped,
            long resumed,
            OptionalLong unsure) {
        this(
                images,
                classified,
                failed,
                seconds,
                provider,
                model,
                stopped,
                resumed,
                unsure,
                Optional.empty());
    }

    /**
     * The speed of the run, reading and writing included, earlier rows not.
     *
     * @return images a second, 0 for a run that had none left to do
     */
    public double imagesPerSecond() {
        return images == resumed ? 0 : (images - resumed) / Math.max(seconds, 1e-9);
    }

    /**
     * This summary for a machine: {@code {"images", "classified", "failed", "seconds",
     * "images_per_second", "provider", "model"}}, {@code "batch"}, {@code "runs"} (at a time) and
     * {@code "batch_reason"} where images ran, and {@code "stopped": true} for a stopped run,
     * {@code "resumed": n} for one that went on, {@code "unsure": n} for one with a threshold.
     *
     * @return one line of JSON
     */
    public String toJson() {
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("images", images);
        json.put("classified", classified);
        json.put("failed", failed);
        unsure.ifPresent(count -> json.put("unsure", count));
        json.put("seconds", rounded(seconds));
        json.put("images_per_second", rounded(imagesPerSecond()));
        json.put("provider", provider);
        json.put("model", RowText.of(model));
        batch.ifPresent(
                choice -> {
                    json.put("batch", choice.images());
                    json.put("runs", choice.runs());
                    json.put("batch_reason", choice.reason());
                });
        if (stopped) {
            json.put("stopped", true);
        }
        if (resumed > 0) {
            json.put("resumed", resumed);
        }
        return json.toString();
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
    }
}
