package dev.vitrail.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * What decides the rows of a run. A run that was stopped is resumed only by one of equal identity,
 * so that no result mixes rows of two models.
 *
 * @param model a hash over the model's metadata, which holds the hash of its weights, its labels
 *     and its preprocessing
 * @param topK how many classes a row has at most
 * @param threshold the probability below which a row is unsure, 0 for none
 * @param fastDecode whether JPEGs were decoded smaller where that was enough
 * @param scores which number of a class rows print
 * @param provider {@code cpu} or {@code cuda}, whose last digits differ, and the batch where these
 *     depend on it
 * @param files the images, of which the names and their order count; what is in the files is not
 *     looked at
 */
public record RunIdentity(
        String model,
        int topK,
        double threshold,
        boolean fastDecode,
        RowScores scores,
        String provider,
        ImageFiles files) {

    static RunIdentity of(Classifier classifier, FolderOptions options, ImageFiles files) {
        MessageDigest model = WeightsHash.sha256();
        new TreeMap<>(classifier.card().metadata())
                .forEach(
                        (key, value) -> {
                            add(model, key);
                            add(model, value);
                        });
        String provider = classifier.provider().chosen() instanceof Provider.Cuda ? "cuda" : "cpu";
        int batch = options.batchFor(classifier);
        if (!classifier.isIndependentOfBatch() || batch < RunSize.LEAST) {
            provider += " in batches of " + batch;
        }
        return new RunIdentity(
                HexFormat.of().formatHex(model.digest()),
                options.topK(),
                options.threshold(),
                options.fastDecode(),
                options.scores(),
                provider,
                files);
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }
}
