package dev.vitrail.zoo.sweep;

import dev.vitrail.zoo.train.EpochResult;
import java.util.Comparator;
import java.util.function.Function;

/** The figure by which trials are compared: that of the epoch whose weights a trial's run keeps. */
public enum Metric {
    /** Share of validation pictures that were right; more is better. */
    VAL_TOP1("val_top1", true, EpochResult::valTop1),
    /** Mean loss on the validation pictures; less is better. */
    VAL_LOSS("val_loss", false, EpochResult::valLoss),
    /** Share of augmented training pictures that were right; more is better. */
    TRAIN_ACCURACY("train_accuracy", true, EpochResult::trainAccuracy),
    /** Mean loss of the steps, on augmented pictures; less is better. */
    TRAIN_LOSS("train_loss", false, EpochResult::trainLoss);

    private final String id;
    private final boolean share;
    private final Function<EpochResult, Double> figure;

    Metric(String id, boolean share, Function<EpochResult, Double> figure) {
        this.id = id;
        this.share = share;
        this.figure = figure;
    }

    /**
     * Returns the word in {@code history.jsonl}.
     *
     * @return such as {@code val_top1}
     */
    public String id() {
        return id;
    }

    /**
     * Returns whether it is a share from 0 to 1, of which more is better; it is a loss otherwise.
     *
     * @return whether it is
     */
    public boolean isShare() {
        return share;
    }

    /**
     * Returns the figure of an epoch.
     *
     * @param epoch of a trial
     * @return the figure; null where the epoch has none
     */
    public Double of(EpochResult epoch) {
        return figure.apply(epoch);
    }

    /** The better value first. */
    Comparator<Double> order() {
        return share ? Comparator.reverseOrder() : Comparator.naturalOrder();
    }

    boolean needsValidation() {
        return this == VAL_TOP1 || this == VAL_LOSS;
    }

    @Override
    public String toString() {
        return id;
    }
}
