package dev.vitrail.zoo.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.vitrail.zoo.train.EpochResult;
import java.util.Locale;

/**
 * What became of a trial.
 *
 * @param trial its number
 * @param state how it ended
 * @param best the epoch whose weights its run keeps; null if none was completed
 * @param epochs how many were completed
 * @param seconds of training and evaluation in them
 * @param reason why it failed; null if it did not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrialResult(
        @JsonProperty("trial") int trial,
        @JsonProperty("state") State state,
        @JsonProperty("best") EpochResult best,
        @JsonProperty("epochs") int epochs,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("reason") String reason) {

    /** How a trial ended. */
    public enum State {
        /** It ran to its last epoch, or to the end of its patience. */
        @JsonProperty("finished")
        FINISHED,
        /** It could not go on; it is not tried again. */
        @JsonProperty("failed")
        FAILED,
        /** It was asked to stop, and goes on with the sweep. */
        @JsonProperty("stopped")
        STOPPED;

        /**
         * Returns the word in tables.
         *
         * @return such as {@code finished}
         */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
