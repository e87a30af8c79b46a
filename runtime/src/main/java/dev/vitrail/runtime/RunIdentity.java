package dev.vitrail.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * What decides the rows of a run. A run that was stopped is resumed only by one of equal identity,
 * so that no result mixes rows of two models.
 *
 * @param model a hash over the model's metadata, which holds the hash of its weights, its labels
 *     and its preprocessing
 * @param topK how many classes a row has at most
 * @param threshold the probability below which a row is unsure, 0 for none
 * @param provider {@code cpu} or {@code cuda}, whose last digits differ
 * @param images the number of images found
 * @param listing a hash over their names in order, and whether a list gave them; what is in the
 *     files is not looked at
 */
public record RunIdentity(
        @JsonProperty("model") String model,
        @JsonProperty("top_k") int topK,
        @JsonProperty("threshold") double threshold,
        @JsonProperty("provider") String provider,
        @JsonProperty("images") int images,
        @JsonProperty("listing") String listing) {

    static RunIdentity of(Classifier classifier, FolderOptions options, ImageFiles files) {
        MessageDigest model = WeightsHash.sha256();
        new TreeMap<>(classifier.card().metadata())
                .forEach(
                        (key, value) -> {
                            add(model, key);
                            add(model, value);
                        });
        MessageDigest listing = WeightsHash.sha256();
        if (files.isListed()) {
            // A folder's names start at that folder, a list's at the working folder.
            add(listing, "listed");
        }
        for (int i = 0; i < files.size(); i++) {
            add(listing, files.name(i));
        }
        String provider = classifier.provider().chosen() instanceof Provider.Cuda ? "cuda" : "cpu";
        return new RunIdentity(
                hex(model),
                options.topK(),
                options.threshold(),
                provider,
                files.size(),
                hex(listing));
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** What is different now, as ends of a sentence; empty for the same run. */
    List<String> differencesFrom(RunIdentity earlier) {
        List<String> differences = new ArrayList<>();
        if (!model.equals(earlier.model)) {
            differences.add("the model is another one");
        }
        if (topK != earlier.topK) {
            differences.add("top-k was " + earlier.topK + " and is " + topK);
        }
        if (threshold != earlier.threshold) {
            differences.add("the threshold was " + earlier.threshold + " and is " + threshold);
        }
        if (!provider.equals(earlier.provider)) {
            differences.add("the provider was " + earlier.provider + " and is " + provider);
        }
        if (images != earlier.images) {
            differences.add(earlier.images + " images were found and now " + images);
        } else if (!listing.equals(earlier.listing)) {
            differences.add("the images found are others");
        }
        return differences;
    }
}
