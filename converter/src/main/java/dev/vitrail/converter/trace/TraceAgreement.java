package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Whether two forward passes did the same work: call by call, and size by size. */
final class TraceAgreement {
    private TraceAgreement() {}

    /**
     * Compares everything but integers.
     *
     * @throws ExportException if the passes differ, naming the first call that does
     */
    static void checkSameWork(
            Trace a, Trace b, Map<String, Long> sizesOfA, Map<String, Long> sizesOfB) {
        checkSameWork(a, b, sizesOfA + " and " + sizesOfB);
    }

    private static void checkSameWork(Trace a, Trace b, String sizes) {
        int count = Math.min(a.calls().size(), b.calls().size());
        for (int i = 0; i < count; i++) {
            Call x = a.calls().get(i);
            Call y = b.calls().get(i);
            boolean same =
                    x.operation().equals(y.operation())
                            && x.operands().equals(y.operands())
                            && x.arguments().keySet().equals(y.arguments().keySet())
                            && x.results().size() == y.results().size();
            if (!same) {
                throw x.problem(
                        "the block does different work for "
                                + sizes
                                + (x.operation().equals(y.operation())
                                        ? ""
                                        : ", where it calls \"" + y.operation() + "\"")
                                + "; make it independent of the size");
            }
        }
        if (a.calls().size() != b.calls().size()
                || !a.outputs().equals(b.outputs())
                || !a.weights().equals(b.weights())) {
            throw new ExportException(
                    "the network does different work for "
                            + sizes
                            + ": "
                            + a.calls().size()
                            + " and "
                            + b.calls().size()
                            + " calls; make it independent of the size");
        }
    }

    /**
     * Compares a solved trace with a forward pass at sizes that it was not solved from.
     *
     * @param remedy what to do about a pass that differs at these sizes only
     * @throws ExportException if the pass did other work or with arguments that do not depend on
     *     sizes
     * @throws SizeSolver.Unsolved if only integers differ
     */
    static void checkPrediction(
            Trace solved, Trace actual, Map<String, Long> sizes, String remedy) {
        try {
            checkSameWork(solved, actual, "other sizes and " + sizes);
        } catch (ExportException e) {
            throw new ExportException(e.getMessage() + "; " + remedy, e);
        }
        BiFunction<Extent, Extent, Boolean> equal =
                (extent, value) -> extent.at(sizes) == value.fixed();
        for (int i = 0; i < solved.calls().size(); i++) {
            Call predicted = solved.calls().get(i);
            Map<String, Object> differences = differences(predicted, actual.calls().get(i), equal);
            if (!differences.isEmpty()) {
                throw new SizeSolver.Unsolved(
                        predicted
                                .problem(
                                        "at "
                                                + sizes
                                                + " it does not do what it does at other sizes ("
                                                + differences
                                                + "); "
                                                + remedy)
                                .getMessage());
            }
        }
    }

    private static Map<String, Object> differences(
            Call predicted, Call seen, BiFunction<Extent, Extent, Boolean> equal) {
        Map<String, Object> differences = new LinkedHashMap<>();
        for (int r = 0; r < predicted.results().size(); r++) {
            List<Extent> shape = seen.results().get(r).shape();
            if (!allEqual(predicted.results().get(r).shape(), shape, equal)) {
                differences.put("shape", shape);
            }
        }
        predicted
                .arguments()
                .forEach(
                        (name, value) -> {
                            if (!predicts(value, seen.arguments().get(name), equal)) {
                                differences.put(name, describe(seen.arguments().get(name)));
                            }
                        });
        return differences;
    }

    private static boolean predicts(
            Argument predicted, Argument seen, BiFunction<Extent, Extent, Boolean> equal) {
        if (predicted instanceof Argument.Whole whole) {
            return seen instanceof Argument.Real real
                    ? equal.apply(whole.value(), Extent.of((long) real.value()))
                    : equal.apply(whole.value(), ((Argument.Whole) seen).value());
        } else if (predicted instanceof Argument.Wholes wholes) {
            return allEqual(wholes.values(), ((Argument.Wholes) seen).values(), equal);
        }
        return predicted.equals(seen);
    }

    private static boolean allEqual(
            List<Extent> a, List<Extent> b, BiFunction<Extent, Extent, Boolean> equal) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal.apply(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** An argument in a message; the bytes of a constant are only counted. */
    static String describe(Argument argument) {
        return argument instanceof Argument.Literal literal
                ? "an array of " + literal.bytes().remaining() + " bytes"
                : argument.toString();
    }
}
