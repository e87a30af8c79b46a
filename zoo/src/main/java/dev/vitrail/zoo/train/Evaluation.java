package dev.vitrail.zoo.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How well a network does on labelled pictures.
 *
 * @param classes class names
 * @param confusion {@code [classes][classes]}: pictures of the row's class that were taken for the
 *     column's
 * @param loss mean cross-entropy, without label smoothing
 * @param top5Correct pictures whose class is among the five likeliest
 * @param unreadable pictures that could not be decoded and are counted nowhere else
 * @param mistakes the wrong predictions that the network was surest of, the surest first
 */
public record Evaluation(
        List<String> classes,
        int[][] confusion,
        double loss,
        int top5Correct,
        int unreadable,
        List<Mistake> mistakes) {

    /** So many mistakes are kept at most: a few rows of thumbnails. */
    static final int MOST_MISTAKES = 24;

    private static final int TOP = 5;

    /**
     * Copies the values.
     *
     * @param classes class names
     * @param confusion counts
     * @param loss mean cross-entropy
     * @param top5Correct pictures right among five
     * @param unreadable pictures left out
     * @param mistakes the surest wrong predictions
     */
    public Evaluation {
        classes = List.copyOf(classes);
        mistakes = List.copyOf(mistakes);
        confusion = Arrays.stream(confusion).map(int[]::clone).toArray(int[][]::new);
        if (confusion.length != classes.size()) {
            throw new IllegalArgumentException("the confusion matrix has another class count");
        }
    }

    /**
     * Returns the counts, row by true class, column by predicted class.
     *
     * @return a copy
     */
    @Override
    public int[][] confusion() {
        return Arrays.stream(confusion).map(int[]::clone).toArray(int[][]::new);
    }

    /**
     * Returns the number of pictures that were evaluated.
     *
     * @return without the unreadable ones
     */
    public int images() {
        return Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum();
    }

    /**
     * Returns the number of pictures whose likeliest class is theirs.
     *
     * @return the sum of the confusion matrix's diagonal
     */
    public int correct() {
        int correct = 0;
        for (int label = 0; label < confusion.length; label++) {
            correct += confusion[label][label];
        }
        return correct;
    }

    /**
     * Returns the share of pictures whose likeliest class is theirs.
     *
     * @return 0 to 1
     */
    public double top1() {
        return (double) correct() / images();
    }

    /**
     * Returns the share of pictures whose class is among the five likeliest.
     *
     * @return 0 to 1; empty below five classes, where it says nothing
     */
    public OptionalDouble top5() {
        return classes.size() < TOP
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) top5Correct / images());
    }

    /**
     * Returns the figures of every class.
     *
     * @return one a class, in order
     */
    public List<ClassFigures> perClass() {
        return IntStream.range(0, classes.size())
                .mapToObj(
                        label -> {
                            int predicted = 0;
                            for (int[] row : confusion) {
                                predicted += row[label];
                            }
                            return new ClassFigures(
                                    classes.get(label),
                                    Arrays.stream(confusion[label]).sum(),
                                    predicted,
                                    confusion[label][label]);
                        })
                .toList();
    }

    /**
     * The counts of one class.
     *
     * @param name the class
     * @param images pictures of it
     * @param predicted pictures that were taken for it
     * @param correct pictures of it that were taken for it
     */
    public record ClassFigures(String name, int images, int predicted, int correct) {

        /**
         * Returns the share of the pictures that were taken for the class that are of it.
         *
         * @return 0 to 1; empty if none was taken for it
         */
        public OptionalDouble precision() {
            return share(correct, predicted);
        }

        /**
         * Returns the share of the class's pictures that were taken for it.
         *
         * @return 0 to 1; empty if there is no picture of it
         */
        public OptionalDouble recall() {
            return share(correct, images);
        }

        /**
         * Returns the harmonic mean of precision and recall.
         *
         * @return 0 to 1; empty if there is neither a picture of the class nor one taken for it
         */
        public OptionalDouble f1() {
            return share(2 * correct, images + predicted);
        }

        private static OptionalDouble share(int part, int whole) {
            return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
        }

        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("label", name);
            fields.put("images", images);
            fields.put("predicted", predicted);
            fields.put("correct", correct);
            precision().ifPresent(value -> fields.put("precision", value));
            recall().ifPresent(value -> fields.put("recall", value));
            f1().ifPresent(value -> fields.put("f1", value));
            return fields;
        }
    }

    /**
     * A picture that was taken for another class.
     *
     * @param path its file below the folder of the pictures, with slashes
     * @param label its true class
     * @param predicted the class that it was taken for
     * @param probability of that class, 0 to 1
     */
    public record Mistake(String path, String label, String predicted, double probability) {}

    /**
     * Returns the figures as {@code evaluate --json} prints them and a run's {@code
     * evaluation.json} has them.
     *
     * @return names and values in order, ready for Jackson
     */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("images", images());
        fields.put("unreadable", unreadable);
        fields.put("top1", top1());
        top5().ifPresent(top5 -> fields.put("top5", top5));
        fields.put("loss", loss);
        fields.put("classes", perClass().stream().map(ClassFigures::fields).toList());
        fields.put("confusion", confusion());
        fields.put("mistakes", mistakes);
        return fields;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Evaluation evaluation
                && classes.equals(evaluation.classes)
                && Arrays.deepEquals(confusion, evaluation.confusion)
                && Double.compare(loss, evaluation.loss) == 0
                && top5Correct == evaluation.top5Correct
                && unreadable == evaluation.unreadable
                && mistakes.equals(evaluation.mistakes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.deepHashCode(confusion) + Double.hashCode(loss);
    }
}
