package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Turns traces at known sizes into one with symbolic axes. The network is traced once with every
 * axis at a prime of its own, and once more for each axis with that one changed. The traces must
 * agree call by call; an integer that changes with an axis must be a whole multiple of it. Then the
 * network is traced with all axes at their smallest size, mostly 1, which is the size that code
 * treats specially, and the solution must predict that trace.
 */
public final class BatchAxis {
    // Distinct primes, so that no size is a multiple of another and none is a usual one.
    private static final long[] FIRST = {13, 19, 29, 37, 43};
    private static final long[] SECOND = {17, 23, 31, 41, 47};

    private final List<SymbolicAxis> axes;
    private final Map<String, Long> base = new LinkedHashMap<>();
    private final Map<String, Long> changed = new LinkedHashMap<>();

    /**
     * Prepares to solve for axes.
     *
     * @param axes the symbolic axes, at most five
     */
    public BatchAxis(List<SymbolicAxis> axes) {
        if (axes.size() > FIRST.length) {
            throw new ExportException(
                    axes.size()
                            + " symbolic axes are too many; at most "
                            + FIRST.length
                            + " can be");
        }
        this.axes = List.copyOf(axes);
        for (int i = 0; i < axes.size(); i++) {
            SymbolicAxis axis = axes.get(i);
            boolean fits = axis.minimum() <= FIRST[i] && SECOND[i] <= axis.maximum();
            // Consecutive integers are coprime too; they are only more likely to meet others.
            long second = fits ? SECOND[i] : Math.min(axis.maximum(), axis.minimum() + 2);
            base.put(axis.name(), fits ? FIRST[i] : second - 1);
            changed.put(axis.name(), second);
        }
    }

    /**
     * Traces at the sizes that are needed and solves.
     *
     * @param tracer traces at given sizes
     * @return the trace with symbolic sizes
     * @throws ExportException if the traces do not agree or a size is no multiple of the axes
     */
    public Trace solve(Function<Map<String, Long>, Trace> tracer) {
        Trace first = tracer.apply(base);
        List<Trace> others = new ArrayList<>();
        for (SymbolicAxis axis : axes) {
            Map<String, Long> sizes = new LinkedHashMap<>(base);
            sizes.put(axis.name(), changed.get(axis.name()));
            Trace other = tracer.apply(sizes);
            checkSameWork(first, other, base, sizes);
            others.add(other);
        }
        Trace solved = solve(first, others);
        Map<String, Long> smallest = new LinkedHashMap<>();
        axes.forEach(axis -> smallest.put(axis.name(), axis.minimum()));
        checkPrediction(solved, traceSmallest(tracer, smallest), smallest);
        return solved;
    }

    private static Trace traceSmallest(
            Function<Map<String, Long>, Trace> tracer, Map<String, Long> smallest) {
        try {
            return tracer.apply(smallest);
        } catch (ExportException e) {
            throw new ExportException(
                    e.getMessage() + " (it works at other sizes: " + remedy(smallest) + ")", e);
        }
    }

    private static String remedy(Map<String, Long> smallest) {
        return "if the network is never run at "
                + smallest
                + ", say so with a larger minimum of the axis";
    }

    // ---- agreement

    private static void checkSameWork(
            Trace a, Trace b, Map<String, Long> sizesOfA, Map<String, Long> sizesOfB) {
        String sizes = sizesOfA + " and " + sizesOfB;
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

    // ---- solution

    private Trace solve(Trace first, List<Trace> others) {
        List<Trace.Named> inputs = new ArrayList<>();
        for (int i = 0; i < first.inputs().size(); i++) {
            int index = i;
            Trace.Named input = first.inputs().get(i);
            ArrayType type =
                    type(
                            input.type(),
                            others.stream().map(t -> t.inputs().get(index).type()).toList(),
                            problem ->
                                    new ExportException("input " + input.name() + ": " + problem));
            inputs.add(new Trace.Named(input.name(), type));
        }
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < first.calls().size(); i++) {
            int index = i;
            calls.add(
                    call(
                            first.calls().get(i),
                            others.stream().map(trace -> trace.calls().get(index)).toList()));
        }
        return new Trace(inputs, first.weights(), calls, first.outputs());
    }

    private Call call(Call first, List<Call> others) {
        List<ArrayType> results = new ArrayList<>();
        for (int i = 0; i < first.results().size(); i++) {
            int index = i;
            results.add(
                    type(
                            first.results().get(i),
                            others.stream().map(call -> call.results().get(index)).toList(),
                            first::problem));
        }
        Map<String, Argument> arguments = new LinkedHashMap<>();
        first.arguments()
                .forEach(
                        (name, value) ->
                                arguments.put(
                                        name,
                                        argument(
                                                first,
                                                name,
                                                value,
                                                others.stream()
                                                        .map(call -> call.arguments().get(name))
                                                        .toList())));
        return new Call(first.operation(), first.operands(), arguments, results, first.block());
    }

    private Argument argument(Call call, String name, Argument first, List<Argument> others) {
        if (others.stream().allMatch(first::equals)) {
            return first;
        }
        if (first instanceof Argument.Whole whole) {
            return new Argument.Whole(
                    extent(
                            whole.value(),
                            others.stream().map(o -> ((Argument.Whole) o).value()).toList(),
                            problem -> call.problem(name + ": " + problem)));
        } else if (first instanceof Argument.Wholes wholes) {
            List<List<Extent>> lists =
                    others.stream().map(o -> ((Argument.Wholes) o).values()).toList();
            return new Argument.Wholes(
                    extents(
                            wholes.values(),
                            lists,
                            problem -> call.problem(name + ": " + problem)));
        } else if (first instanceof Argument.Real real && isWhole(real)) {
            return new Argument.Whole(
                    extent(
                            Extent.of((long) real.value()),
                            others.stream()
                                    .map(o -> Extent.of((long) ((Argument.Real) o).value()))
                                    .toList(),
                            problem -> call.problem(name + ": " + problem)));
        }
        throw call.problem(
                name
                        + " changes with the size of a symbolic axis, from "
                        + describe(first)
                        + " to "
                        + describe(others.get(others.size() - 1))
                        + "; compute it with array operations");
    }

    private static boolean isWhole(Argument.Real real) {
        return real.value() == Math.rint(real.value()) && Math.abs(real.value()) < 1L << 53;
    }

    private static String describe(Argument argument) {
        return argument instanceof Argument.Literal literal
                ? "an array of " + literal.bytes().remaining() + " bytes"
                : argument.toString();
    }

    private ArrayType type(
            ArrayType first, List<ArrayType> others, Function<String, ExportException> problem) {
        if (others.stream().anyMatch(other -> other.numbers() != first.numbers())) {
            throw problem.apply("its number type changes with the size of a symbolic axis");
        }
        return new ArrayType(
                first.numbers(),
                extents(first.shape(), others.stream().map(ArrayType::shape).toList(), problem));
    }

    private List<Extent> extents(
            List<Extent> first,
            List<List<Extent>> others,
            Function<String, ExportException> problem) {
        if (others.stream().anyMatch(other -> other.size() != first.size())) {
            throw problem.apply("the number of axes changes with the size of a symbolic axis");
        }
        List<Extent> solved = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            int index = i;
            solved.add(
                    extent(
                            first.get(i),
                            others.stream().map(other -> other.get(index)).toList(),
                            problem));
        }
        return solved;
    }

    /** Solves one integer: how often it doubles with each axis, and what is left. */
    private Extent extent(
            Extent first, List<Extent> others, Function<String, ExportException> problem) {
        long value = first.fixed();
        long factor = value;
        List<String> dependsOn = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            String axis = axes.get(i).name();
            long was = base.get(axis);
            long is = changed.get(axis);
            long other = others.get(i).fixed();
            long scaledFirst = value;
            for (int power = 0; scaledFirst != other; power++) {
                boolean divides = scaledFirst % was == 0 && factor % was == 0;
                if (!divides || power == 2) {
                    throw problem.apply(
                            "a size is "
                                    + value
                                    + " where "
                                    + axis
                                    + " is "
                                    + was
                                    + " and "
                                    + other
                                    + " where it is "
                                    + is
                                    + ", which is no whole multiple of "
                                    + axis);
                }
                scaledFirst = scaledFirst / was * is;
                factor /= was;
                dependsOn.add(axis);
            }
        }
        return new Extent(factor, dependsOn);
    }

    // ---- prediction

    private static void checkPrediction(Trace solved, Trace actual, Map<String, Long> sizes) {
        try {
            checkSameWork(solved, actual, Map.of("other sizes", 0L), sizes);
        } catch (ExportException e) {
            throw new ExportException(
                    e.getMessage().replace("{other sizes=0}", "other sizes") + "; " + remedy(sizes),
                    e);
        }
        for (int i = 0; i < solved.calls().size(); i++) {
            Call predicted = solved.calls().get(i);
            Call seen = actual.calls().get(i);
            Map<String, Object> differences = new HashMap<>();
            BiFunction<Extent, Extent, Boolean> equal =
                    (extent, value) -> extent.at(sizes) == value.fixed();
            for (int r = 0; r < predicted.results().size(); r++) {
                List<Extent> p = predicted.results().get(r).shape();
                List<Extent> s = seen.results().get(r).shape();
                if (!allEqual(p, s, equal)) {
                    differences.put("shape", s);
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
            if (!differences.isEmpty()) {
                throw predicted.problem(
                        "at "
                                + sizes
                                + " it does not do what it does at other sizes ("
                                + differences
                                + "); "
                                + remedy(sizes));
            }
        }
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
}
