package dev.vitrail.zoo.probe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.UnaryOperator;

/**
 * L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5) for smooth convex functions: the inverse
 * Hessian is guessed from the last few steps and what is known of it beforehand. Steps are halved
 * until they go down enough (Armijo); along a convex function that is enough for every remembered
 * pair to have positive curvature, and pairs without any, where rounding has the last word, are not
 * remembered.
 */
final class Lbfgs {

    private static final int MEMORY = 10;
    private static final int MOST_HALVINGS = 50;
    private static final double SUFFICIENT = 1e-4;

    /** A function and its gradient at a point. */
    record Value(double value, double[] gradient) {}

    /** Something to be made small. */
    @FunctionalInterface
    interface Function {
        Value at(double[] point);
    }

    /**
     * Where it ended.
     *
     * @param gradient largest absolute value of the gradient there
     * @param converged whether that is small enough
     */
    record Minimum(
            double[] point, double value, double gradient, int iterations, boolean converged) {}

    /** A step, how the gradient changed by it, and one over their product. */
    private record Pair(double[] step, double[] change, double rho) {}

    private Lbfgs() {}

    /**
     * Goes down.
     *
     * @param guess multiplies by what the inverse Hessian may be, up to a factor
     * @param start where to begin
     * @param tolerance largest absolute value of the gradient at which to stop
     * @param most iterations
     */
    static Minimum minimise(
            Function function,
            UnaryOperator<double[]> guess,
            double[] start,
            double tolerance,
            int most) {
        double[] point = start.clone();
        Value here = function.at(point);
        Deque<Pair> pairs = new ArrayDeque<>();
        int iterations = 0;
        while (Vectors.largest(here.gradient()) > tolerance && iterations < most) {
            double[] direction = direction(here.gradient(), pairs, guess);
            double slope = Vectors.dot(direction, here.gradient());
            double length = 1;
            double[] next = null;
            Value there = null;
            for (int i = 0; i < MOST_HALVINGS && next == null; i++, length /= 2) {
                double[] tried = Vectors.plus(point, length, direction);
                Value value = function.at(tried);
                if (value.value() <= here.value() + SUFFICIENT * length * slope) {
                    next = tried;
                    there = value;
                }
            }
            if (next == null) {
                if (pairs.isEmpty()) {
                    // Not even straight down: this is as exact as the sums are.
                    break;
                }
                pairs.clear();
                continue;
            }
            remember(pairs, Vectors.plus(next, -1, point), change(there, here));
            point = next;
            here = there;
            iterations++;
        }
        double gradient = Vectors.largest(here.gradient());
        return new Minimum(point, here.value(), gradient, iterations, gradient <= tolerance);
    }

    private static double[] change(Value there, Value here) {
        return Vectors.plus(there.gradient(), -1, here.gradient());
    }

    private static void remember(Deque<Pair> pairs, double[] step, double[] change) {
        double product = Vectors.dot(step, change);
        if (product > 1e-12 * Vectors.dot(change, change)) {
            pairs.addLast(new Pair(step, change, 1 / product));
            if (pairs.size() > MEMORY) {
                pairs.removeFirst();
            }
        }
    }

    /** Minus the guessed inverse Hessian times the gradient (algorithm 7.4). */
    private static double[] direction(
            double[] gradient, Deque<Pair> pairs, UnaryOperator<double[]> guess) {
        double[] q = Vectors.plus(new double[gradient.length], -1, gradient);
        double[] alphas = new double[pairs.size()];
        int i = pairs.size();
        for (Iterator<Pair> latestFirst = pairs.descendingIterator(); latestFirst.hasNext(); ) {
            Pair pair = latestFirst.next();
            alphas[--i] = pair.rho() * Vectors.dot(pair.step(), q);
            q = Vectors.plus(q, -alphas[i], pair.change());
        }
        q = guess.apply(q);
        if (!pairs.isEmpty()) {
            Pair last = pairs.getLast();
            double scale =
                    1 / (last.rho() * Vectors.dot(last.change(), guess.apply(last.change())));
            q = Vectors.plus(new double[q.length], scale, q);
        }
        for (Pair pair : pairs) {
            double beta = pair.rho() * Vectors.dot(pair.change(), q);
            q = Vectors.plus(q, alphas[i++] - beta, pair.step());
        }
        return q;
    }
}
