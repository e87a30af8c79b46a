package dev.vitrail.zoo.probe;

import dev.vitrail.zoo.train.Features;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Weighted k-nearest-neighbour classification of features (Wu et al. 2018, section 3.4), as DINO
 * evaluates them.
 */
public final class NearestNeighbours {

    /** What PyTorch's {@code normalize} divides a vector by at least. */
    private static final double SHORTEST = 1e-12;

    private static final Comparator<Neighbour> NEAREST_FIRST =
            Comparator.comparingDouble(Neighbour::similarity)
                    .reversed()
                    .thenComparingInt(Neighbour::index);

    private final float[][] vectors;
    private final int[] labels;
    private final int classes;

    /**
     * A training picture and how similar it is.
     *
     * @param index of the picture
     * @param similarity cosine of the angle between the two vectors
     */
    public record Neighbour(int index, double similarity) {}

    /**
     * Remembers the training pictures.
     *
     * @param training their features
     */
    public NearestNeighbours(Features training) {
        vectors =
                IntStream.range(0, training.size())
                        .mapToObj(i -> normalised(training.vector(i)))
                        .toArray(float[][]::new);
        labels = IntStream.range(0, training.size()).map(training::label).toArray();
        classes = training.classes();
    }

    /**
     * Finds the training pictures that are most similar.
     *
     * @param vector of any length but 0
     * @param k how many, at most as many as there are
     * @return the nearest first; of equally similar ones the earlier
     */
    public List<Neighbour> nearest(float[] vector, int k) {
        if (k < 1 || k > vectors.length) {
            throw new IllegalArgumentException(k + " neighbours of " + vectors.length);
        }
        float[] query = normalised(vector);
        PriorityQueue<Neighbour> nearest = new PriorityQueue<>(k, NEAREST_FIRST.reversed());
        for (int i = 0; i < vectors.length; i++) {
            double similarity = Vectors.dot(query, vectors[i]);
            if (nearest.size() < k) {
                nearest.add(new Neighbour(i, similarity));
            } else if (similarity > nearest.peek().similarity()) {
                nearest.remove();
                nearest.add(new Neighbour(i, similarity));
            }
        }
        return nearest.stream().sorted(NEAREST_FIRST).toList();
    }

    /**
     * Lets neighbours vote for their classes.
     *
     * @param neighbours the nearest first
     * @param temperature the lower, the more the nearest ones count
     * @return the sum over each class of {@code exp(similarity / temperature)}, all divided by the
     *     weight of the nearest, so that no temperature makes them infinite
     */
    public double[] votes(List<Neighbour> neighbours, double temperature) {
        double[] votes = new double[classes];
        double greatest = neighbours.get(0).similarity();
        for (Neighbour neighbour : neighbours) {
            votes[labels[neighbour.index()]] +=
                    Math.exp((neighbour.similarity() - greatest) / temperature);
        }
        return votes;
    }

    private static float[] normalised(float[] vector) {
        double length = Math.max(Math.sqrt(Vectors.dot(vector, vector)), SHORTEST);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }
}
