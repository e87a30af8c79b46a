package dev.vitrail.zoo.probe;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.train.Features;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Judges features by nearest neighbours and by a linear probe. */
public final class Probe {

    private final Options options;

    /**
     * What is asked for.
     *
     * @param neighbours numbers of neighbours that vote, one after the other; none to leave that
     *     method out
     * @param temperature of the votes, above 0
     * @param linear whether there is a linear probe
     * @param lambda strength of its regularisation; chosen where none is given
     * @param seed of which training pictures are held back to choose it
     */
    public record Options(
            List<Integer> neighbours,
            double temperature,
            boolean linear,
            OptionalDouble lambda,
            long seed) {

        /** Neighbours of DINO's table. */
        public static final int NEIGHBOURS = 20;

        /** Temperature of Wu et al. 2018 and DINO. */
        public static final double TEMPERATURE = 0.07;

        /**
         * Refuses what cannot be computed.
         *
         * @param neighbours as the component
         * @param temperature as the component
         * @param linear as the component
         * @param lambda as the component
         * @param seed as the component
         */
        public Options {
            neighbours = List.copyOf(neighbours);
            if (neighbours.stream().anyMatch(k -> k < 1)) {
                throw new IllegalArgumentException("neighbours must be at least 1: " + neighbours);
            }
            if (!(temperature > 0) || lambda.isPresent() && !(lambda.getAsDouble() > 0)) {
                throw new IllegalArgumentException("temperature and lambda must be above 0");
            }
        }
    }

    /**
     * Prepares a probe.
     *
     * @param options what is asked for
     */
    public Probe(Options options) {
        this.options = options;
    }

    /**
     * Returns how often {@link #run} says that a regression was solved, at most.
     *
     * @return 0 without a linear probe
     */
    public int fits() {
        return !options.linear() ? 0 : options.lambda().isPresent() ? 1 : LinearProbe.MOST_FITS;
    }

    /**
     * Judges features.
     *
     * @param training of pictures that are learnt from
     * @param validation of pictures that are told apart, with the same classes
     * @param fitted called after every regression that was solved
     * @return the figures
     * @throws ZooException if there are fewer training pictures than neighbours
     */
    public ProbeResult run(Features training, Features validation, Runnable fitted) {
        if (training.classes() != validation.classes()
                || training.length() != validation.length()) {
            throw new IllegalArgumentException("features of other classes, or of other encoders");
        }
        LinearProbe linear = new LinearProbe(training, fitted);
        Optional<ProbeResult.Linear> probed =
                !options.linear()
                        ? Optional.empty()
                        : Optional.of(
                                options.lambda().isPresent()
                                        ? linear.run(validation, options.lambda().getAsDouble())
                                        : linear.run(validation, options.seed()));
        return new ProbeResult(
                training.size(),
                validation.size(),
                training.length(),
                options.neighbours().isEmpty() ? List.of() : neighbours(training, validation),
                probed);
    }

    private List<ProbeResult.Neighbours> neighbours(Features training, Features validation) {
        int most = Collections.max(options.neighbours());
        if (most > training.size()) {
            throw new ZooException(
                    "k is "
                            + most
                            + ", must be at most the number of training pictures that can be"
                            + " decoded, "
                            + training.size());
        }
        NearestNeighbours memory = new NearestNeighbours(training);
        // Each picture by itself, so that the number of threads changes nothing.
        List<List<NearestNeighbours.Neighbour>> nearest =
                IntStream.range(0, validation.size())
                        .parallel()
                        .mapToObj(i -> memory.nearest(validation.vector(i), most))
                        .toList();
        int[] labels = IntStream.range(0, validation.size()).map(validation::label).toArray();
        return options.neighbours().stream()
                .map(
                        k -> {
                            double[][] votes =
                                    nearest.stream()
                                            .map(all -> all.subList(0, k))
                                            .map(some -> memory.votes(some, options.temperature()))
                                            .toArray(double[][]::new);
                            boolean hasTop5 = Math.min(k, training.classes()) >= Accuracy.TOP;
                            return new ProbeResult.Neighbours(
                                    k, options.temperature(), Accuracy.of(votes, labels, hasTop5));
                        })
                .toList();
    }
}
