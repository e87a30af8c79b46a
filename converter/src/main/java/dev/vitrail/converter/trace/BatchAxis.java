package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns traces at known sizes into one with symbolic axes. The network is traced once with every
 * axis at a prime of its own, and once more for each axis with that one changed. The traces must
 * agree call by call; an integer that changes with an axis must follow it in proportion. Where one
 * does not, the network is traced at more sizes, one after the other, until the form of the integer
 * is certain: a sum such as {@code sequence+1}, or a sum that a stride divides.
 *
 * <p>Then the solution must predict the trace at sizes that it was not made from: all axes at their
 * smallest size, mostly 1, which is the size that code treats specially, and all at a large one.
 */
public final class BatchAxis {
    // Distinct primes, so that no size is a multiple of another and none is a usual one.
    private static final long[] FIRST = {13, 19, 29, 37, 43};
    private static final long[] SECOND = {17, 23, 31, 41, 47};

    // Even, where the primes are odd, and beyond the longest step of a staircase.
    private static final long[] LARGE = {84, 100, 124, 132, 148};

    // Steps up from the first size: what a line needs, then each step of a staircase twice.
    private static final int[] LINE = {1, 2, 3};
    private static final int STAIRCASE = 66;
    private static final int FAR = 331;

    private final List<SymbolicAxis> axes;
    private final Map<String, Long> base = new LinkedHashMap<>();
    private final Map<String, Long> changed = new LinkedHashMap<>();
    private final Map<String, Long> smallest = new LinkedHashMap<>();
    private final Map<String, Long> largest = new LinkedHashMap<>();

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
            smallest.put(axis.name(), axis.minimum());
            long large = LARGE[i] + (fits ? 0 : (axis.minimum() + 1) / 2 * 2);
            largest.put(axis.name(), Math.min(axis.maximum(), large));
        }
    }

    /**
     * Traces at the sizes that are needed and solves.
     *
     * @param tracer traces at given sizes
     * @return the trace with symbolic sizes
     * @throws ExportException if the traces do not agree, or a size follows the axes in no form
     *     that is known
     */
    public Trace solve(Function<Map<String, Long>, Trace> tracer) {
        Points points = new Points(tracer);
        axes.forEach(axis -> points.add(axis, changed.get(axis.name())));
        Trace small = traceSmallest(tracer);
        Optional<Trace> large = traceIfPossible(tracer, largest);
        try {
            return solve(points, small, large);
        } catch (SizeSolver.Unsolved proportional) {
            points.addLine();
        }
        try {
            return solve(points, small, large);
        } catch (SizeSolver.Unsolved line) {
            points.addStaircase();
        }
        try {
            return solve(points, small, large);
        } catch (SizeSolver.Unsolved e) {
            throw new ExportException(e.getMessage(), e);
        }
    }

    private Trace solve(Points points, Trace small, Optional<Trace> large) {
        Trace solved = new TraceSolver(points.sizes).solve(points.traces);
        TraceAgreement.checkPrediction(solved, small, smallest, smallestRemedy());
        large.ifPresent(
                trace ->
                        TraceAgreement.checkPrediction(
                                solved,
                                trace,
                                largest,
                                "if the network is never run at such sizes, say so with a smaller"
                                        + " maximum of the axis"));
        return solved;
    }

    /** The sizes that were traced, and the traces. */
    private final class Points {
        private final Function<Map<String, Long>, Trace> tracer;
        private final List<Map<String, Long>> sizes = new ArrayList<>();
        private final List<Trace> traces = new ArrayList<>();

        Points(Function<Map<String, Long>, Trace> tracer) {
            this.tracer = tracer;
            sizes.add(base);
            traces.add(tracer.apply(base));
        }

        void add(SymbolicAxis axis, long size) {
            Map<String, Long> point = point(axis, size);
            if (isNew(axis, point)) {
                add(point, tracer.apply(point));
            }
        }

        private Map<String, Long> point(SymbolicAxis axis, long size) {
            Map<String, Long> point = new LinkedHashMap<>(base);
            point.put(axis.name(), size);
            return point;
        }

        private boolean isNew(SymbolicAxis axis, Map<String, Long> point) {
            return point.get(axis.name()) <= axis.maximum() && !sizes.contains(point);
        }

        private void add(Map<String, Long> point, Trace trace) {
            TraceAgreement.checkSameWork(traces.get(0), trace, base, point);
            sizes.add(point);
            traces.add(trace);
        }

        void addLine() {
            for (SymbolicAxis axis : axes) {
                for (int step : LINE) {
                    add(axis, base.get(axis.name()) + step);
                }
                Map<String, Long> far = point(axis, base.get(axis.name()) + FAR);
                if (isNew(axis, far)) {
                    traceIfPossible(tracer, far).ifPresent(trace -> add(far, trace));
                }
            }
        }

        void addStaircase() {
            for (SymbolicAxis axis : axes) {
                for (int step = 1; step <= STAIRCASE; step++) {
                    add(axis, base.get(axis.name()) + step);
                }
            }
        }
    }

    private Trace traceSmallest(Function<Map<String, Long>, Trace> tracer) {
        try {
            return tracer.apply(smallest);
        } catch (ExportException e) {
            throw new ExportException(
                    e.getMessage() + " (it works at other sizes: " + smallestRemedy() + ")", e);
        }
    }

    /** A network may be limited in size without saying so; that is no fault of the graph's. */
    private static Optional<Trace> traceIfPossible(
            Function<Map<String, Long>, Trace> tracer, Map<String, Long> sizes) {
        try {
            return Optional.of(tracer.apply(sizes));
        } catch (ExportException limited) {
            return Optional.empty();
        }
    }

    private String smallestRemedy() {
        return "if the network is never run at "
                + smallest
                + ", say so with a larger minimum of the axis";
    }
}
