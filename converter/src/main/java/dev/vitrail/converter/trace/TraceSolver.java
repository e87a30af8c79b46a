package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes one trace with symbolic sizes of traces at known sizes, integer by integer. */
final class TraceSolver {
    private final SizeSolver sizes;

    TraceSolver(List<Map<String, Long>> points) {
        this.sizes = new SizeSolver(points);
    }

    /**
     * Solves every integer of the traces.
     *
     * @param traces one for each point; they do the same work
     * @throws ExportException if something that is no integer changes
     * @throws SizeSolver.Unsolved if an integer fits no form
     */
    Trace solve(List<Trace> traces) {
        Trace first = traces.get(0);
        List<Trace.Named> inputs = new ArrayList<>();
        for (int i = 0; i < first.inputs().size(); i++) {
            int index = i;
            String name = first.inputs().get(i).name();
            inputs.add(
                    new Trace.Named(
                            name,
                            type(
                                    each(traces, trace -> trace.inputs().get(index).type()),
                                    problem ->
                                            new ExportException(
                                                    "input " + name + ": " + problem))));
        }
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < first.calls().size(); i++) {
            int index = i;
            calls.add(call(each(traces, trace -> trace.calls().get(index))));
        }
        return new Trace(inputs, first.weights(), calls, first.outputs());
    }

    private static <A, B> List<B> each(List<A> list, Function<A, B> part) {
        return list.stream().map(part).toList();
    }

    private Call call(List<Call> seen) {
        Call first = seen.get(0);
        List<ArrayType> results = new ArrayList<>();
        for (int i = 0; i < first.results().size(); i++) {
            int index = i;
            results.add(type(each(seen, call -> call.results().get(index)), first::problem));
        }
        Map<String, Argument> arguments = new LinkedHashMap<>();
        for (String name : first.arguments().keySet()) {
            arguments.put(
                    name, argument(first, name, each(seen, call -> call.arguments().get(name))));
        }
        return new Call(first.operation(), first.operands(), arguments, results, first.block());
    }

    private Argument argument(Call call, String name, List<Argument> seen) {
        Argument first = seen.get(0);
        Function<String, ExportException> problem = p -> call.problem(name + ": " + p);
        if (seen.stream().allMatch(first::equals)) {
            return first;
        } else if (first instanceof Argument.Whole) {
            return new Argument.Whole(
                    extent(each(seen, a -> ((Argument.Whole) a).value()), problem));
        } else if (first instanceof Argument.Wholes) {
            return new Argument.Wholes(
                    extents(each(seen, a -> ((Argument.Wholes) a).values()), problem));
        } else if (seen.stream().allMatch(TraceSolver::isWhole)) {
            return new Argument.Whole(
                    extent(
                            each(seen, a -> Extent.of((long) ((Argument.Real) a).value())),
                            problem));
        }
        Argument other = seen.stream().filter(a -> !a.equals(first)).findFirst().orElseThrow();
        throw call.problem(
                name
                        + " changes with the size of a symbolic axis, from "
                        + TraceAgreement.describe(first)
                        + " to "
                        + TraceAgreement.describe(other)
                        + "; compute it with array operations");
    }

    private static boolean isWhole(Argument argument) {
        return argument instanceof Argument.Real real
                && real.value() == Math.rint(real.value())
                && Math.abs(real.value()) < 1L << 53;
    }

    private ArrayType type(List<ArrayType> seen, Function<String, ExportException> problem) {
        NumberType numbers = seen.get(0).numbers();
        if (seen.stream().anyMatch(type -> type.numbers() != numbers)) {
            throw problem.apply("its number type changes with the size of a symbolic axis");
        }
        return new ArrayType(numbers, extents(each(seen, ArrayType::shape), problem));
    }

    private List<Extent> extents(
            List<List<Extent>> seen, Function<String, ExportException> problem) {
        int count = seen.get(0).size();
        if (seen.stream().anyMatch(list -> list.size() != count)) {
            throw problem.apply("the number of axes changes with the size of a symbolic axis");
        }
        List<Extent> solved = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            solved.add(extent(each(seen, list -> list.get(index)), problem));
        }
        return solved;
    }

    private Extent extent(List<Extent> seen, Function<String, ExportException> problem) {
        try {
            return sizes.solve(each(seen, Extent::fixed));
        } catch (SizeSolver.Unsolved e) {
            throw new SizeSolver.Unsolved(problem.apply(e.getMessage()).getMessage());
        }
    }
}
