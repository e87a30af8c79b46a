package dev.vitrail.runtime;

/** Is told how far a folder run is, after every batch and from the run's own thread. */
@FunctionalInterface
public interface ProgressListener {
    /** Does nothing. */
    ProgressListener NONE = progress -> {};

    /**
     * Rows were written.
     *
     * @param progress the state of the run
     */
    void progressed(Progress progress);

    /**
     * Memory was short for a batch, and the run goes on with smaller ones. Called from any thread,
     * but not from two at a time.
     *
     * @param choice the new size and why
     */
    default void batchHalved(BatchChoice choice) {}

    /**
     * The state of a run.
     *
     * @param done rows written
     * @param total images found so far: the rows that there will be, once all folders are listed
     * @param failed rows with an error among those written
     * @param imagesPerSecond the speed since the run began
     */
    record Progress(int done, int total, int failed, double imagesPerSecond) {}
}
