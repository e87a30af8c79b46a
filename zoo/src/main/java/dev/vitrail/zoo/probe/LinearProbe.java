package dev.vitrail.zoo.probe;

import dev.vitrail.zoo.data.Seeds;
import dev.vitrail.zoo.train.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Logistic regression on standardised features, with the strength of its regularisation chosen on
 * training pictures that are held back, then solved again on all of them.
 */
final class LinearProbe {

    /** From 1 down to 1e-6 by half powers of ten: each solution is near the one before it. */
    private static final double[] LAMBDAS =
            IntStream.rangeClosed(0, 12).mapToDouble(i -> Math.pow(10, -i / 2.0)).toArray();

    private static final double HELD_BACK = 0.2;

    /** A negative purpose: seeds addressed by steps, epochs or images never meet it. */
    private static final long SPLIT = -6;

    /** Regressions that are solved, at most. */
    static final int MOST_FITS = LAMBDAS.length + 1;

    /** A strength, and how many of how many held back pictures it told right, if any were. */
    private record Choice(double lambda, int heldBack, OptionalDouble top1) {}

    private final Features training;
    private final Runnable fitted;

    /**
     * Nothing is computed yet.
     *
     * @param fitted called after every regression that was solved
     */
    LinearProbe(Features training, Runnable fitted) {
        this.training = training;
        this.fitted = fitted;
    }

    /** Chooses, then solves and measures. */
    ProbeResult.Linear run(Features validation, long seed) {
        return run(validation, chosen(seed));
    }

    /** Solves with a strength that is given, and measures. */
    ProbeResult.Linear run(Features validation, double lambda) {
        return run(validation, new Choice(lambda, 0, OptionalDouble.empty()));
    }

    private ProbeResult.Linear run(Features validation, Choice choice) {
        int[] all = IntStream.range(0, training.size()).toArray();
        Standardization standardization = new Standardization(training, all);
        LogisticRegression regression =
                LogisticRegression.fit(
                        standardization.apply(training, all),
                        labels(training, all),
                        training.classes(),
                        choice.lambda());
        fitted.run();
        int[] pictures = IntStream.range(0, validation.size()).toArray();
        double[][] logits = regression.logits(standardization.apply(validation, pictures));
        int[] labels = labels(validation, pictures);
        return new ProbeResult.Linear(
                choice.lambda(),
                choice.heldBack(),
                choice.top1(),
                accuracy(logits, labels),
                loss(logits, labels),
                regression.gradient(),
                regression.isConverged());
    }

    private Choice chosen(long seed) {
        boolean[] isHeld = heldBack(training, seed);
        int[] fitting = IntStream.range(0, isHeld.length).filter(i -> !isHeld[i]).toArray();
        int[] held = IntStream.range(0, isHeld.length).filter(i -> isHeld[i]).toArray();
        if (held.length == 0) {
            // One picture a class: nothing to choose with. scikit-learn's C of 1.
            return new Choice(1.0 / training.size(), 0, OptionalDouble.empty());
        }
        Standardization standardization = new Standardization(training, fitting);
        LogisticRegression.Problem problem =
                new LogisticRegression.Problem(
                        standardization.apply(training, fitting),
                        labels(training, fitting),
                        training.classes());
        float[][] heldVectors = standardization.apply(training, held);
        int[] heldLabels = labels(training, held);
        double[] start = new double[training.classes() * (training.length() + 1)];
        Accuracy best = null;
        double bestLoss = 0;
        double bestLambda = 0;
        for (double lambda : LAMBDAS) {
            LogisticRegression regression = problem.solve(lambda, start);
            fitted.run();
            start = regression.parameters();
            double[][] logits = regression.logits(heldVectors);
            Accuracy accuracy = accuracy(logits, heldLabels);
            double loss = loss(logits, heldLabels);
            if (best == null
                    || accuracy.correct() > best.correct()
                    || accuracy.correct() == best.correct() && loss < bestLoss) {
                best = accuracy;
                bestLoss = loss;
                bestLambda = lambda;
            }
        }
        return new Choice(bestLambda, held.length, OptionalDouble.of(best.top1()));
    }

    /** A share of every class, at least one picture and at most all but one. */
    static boolean[] heldBack(Features features, long seed) {
        boolean[] isHeld = new boolean[features.size()];
        for (int label = 0; label < features.classes(); label++) {
            List<Integer> members = new ArrayList<>();
            for (int i = 0; i < features.size(); i++) {
                if (features.label(i) == label) {
                    members.add(i);
                }
            }
            int share = (int) Math.rint(HELD_BACK * members.size());
            int count = Math.min(members.size() - 1, Math.max(1, share));
            int[] order = Seeds.permutation(members.size(), Seeds.random(seed, SPLIT, label));
            for (int i = 0; i < count; i++) {
                isHeld[members.get(order[i])] = true;
            }
        }
        return isHeld;
    }

    private static Accuracy accuracy(double[][] logits, int[] labels) {
        return Accuracy.of(logits, labels, logits[0].length >= Accuracy.TOP);
    }

    /** Mean cross-entropy. */
    private static double loss(double[][] logits, int[] labels) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            sum += LogisticRegression.logSumExp(logits[i]) - logits[i][labels[i]];
        }
        return sum / labels.length;
    }

    private static int[] labels(Features features, int[] indexes) {
        return Arrays.stream(indexes).map(features::label).toArray();
    }
}
