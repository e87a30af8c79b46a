package dev.vitrail.runtime;

import java.util.List;

/** What became of one image: its best classes, or the reason why there are none. */
public sealed interface Prediction {
    /**
     * An image that was classified.
     *
     * @param top the best classes, most probable first; classes of equal probability by index
     */
    record Classified(List<RankedLabel> top) implements Prediction {
        /**
         * Refuses an empty list.
         *
         * @param top as the component
         * @throws IllegalArgumentException if there is no class
         */
        public Classified {
            top = List.copyOf(top);
            if (top.isEmpty()) {
                throw new IllegalArgumentException("top is empty, must hold at least one class");
            }
        }

        /**
         * The most probable class.
         *
         * @return the first of {@link #top()}
         */
        public RankedLabel best() {
            return top.get(0);
        }
    }

    /**
     * An image that could not be classified.
     *
     * @param code the kind of failure
     * @param message one sentence for people
     */
    record Failed(FailureCode code, String message) implements Prediction {}

    /**
     * One class of a prediction.
     *
     * @param label the class's name
     * @param index the class's number, from 0
     * @param probability from 0 to 1, NaN where a row of logits was read back
     * @param logit the model's raw output, NaN where a row of probabilities was read back
     */
    record RankedLabel(String label, int index, double probability, float logit) {
        /**
         * A class of which the logit is not known.
         *
         * @param label as the component
         * @param index as the component
         * @param probability as the component
         */
        public RankedLabel(String label, int index, double probability) {
            this(label, index, probability, Float.NaN);
        }
    }
}
