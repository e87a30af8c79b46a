package dev.vitrail.zoo.probe;

import java.util.OptionalDouble;

/**
 * How many pictures were told right.
 *
 * @param images all of them
 * @param correct those whose first class is theirs
 * @param top5Correct those whose class is among the first five
 * @param hasTop5 whether that says anything
 */
public record Accuracy(int images, int correct, int top5Correct, boolean hasTop5) {

    static final int TOP = 5;

    /**
     * Counts.
     *
     * @param scores {@code [images, classes]}; the greatest is the first class, and of equal ones
     *     the one with the lower number
     * @param labels class numbers, one a picture
     * @param hasTop5 whether the first five say anything
     * @return the counts
     */
    static Accuracy of(double[][] scores, int[] labels, boolean hasTop5) {
        int correct = 0;
        int top5 = 0;
        for (int i = 0; i < labels.length; i++) {
            int rank = rank(scores[i], labels[i]);
            correct += rank == 0 ? 1 : 0;
            top5 += rank < TOP ? 1 : 0;
        }
        return new Accuracy(labels.length, correct, top5, hasTop5);
    }

    private static int rank(double[] scores, int label) {
        int before = 0;
        for (int other = 0; other < scores.length; other++) {
            boolean isFirst = other < label ? scores[other] >= scores[label] : false;
            before += isFirst || other > label && scores[other] > scores[label] ? 1 : 0;
        }
        return before;
    }

    /**
     * Returns the share of pictures whose first class is theirs.
     *
     * @return 0 to 1
     */
    public double top1() {
        return (double) correct / images;
    }

    /**
     * Returns the share of pictures whose class is among the first five.
     *
     * @return 0 to 1; empty where it says nothing: below five classes or five votes
     */
    public OptionalDouble top5() {
        return hasTop5 ? OptionalDouble.of((double) top5Correct / images) : OptionalDouble.empty();
    }
}
