package dev.vitrail.converter.trace;

import ai.djl.ndarray.index.dim.NDIndexSlice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The axes of which a slice takes a part, with bounds as Python and ONNX read them. */
final class SliceBounds {
    private final List<Long> axes = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private final List<Long> steps = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();

    void add(int axis, NDIndexSlice slice, long size) {
        long step = slice.getStep() == null ? 1 : slice.getStep();
        if (step < 1) {
            throw new IllegalArgumentException("a slice with step " + step + ", not 1 or more");
        }
        long start = slice.getMin() == null ? 0 : slice.getMin();
        // ONNX reads the largest integer as "to the end".
        long end = slice.getMax() == null ? Long.MAX_VALUE : slice.getMax();
        add(axis, start, end, step, size);
    }

    void add(int axis, long start, long end, long step, long size) {
        long first = clamp(start, size);
        long last = clamp(end, size);
        boolean toEnd = end == size || end == Long.MAX_VALUE;
        if (first == 0 && toEnd && step == 1) {
            return;
        }
        axes.add((long) axis);
        starts.add(start);
        ends.add(toEnd ? Long.MAX_VALUE : end);
        steps.add(step);
        sizes.add(Math.max(0, -Math.floorDiv(first - last, step)));
    }

    private static long clamp(long bound, long size) {
        return Math.max(0, Math.min(size, bound < 0 ? bound + size : bound));
    }

    boolean isWhole() {
        return axes.isEmpty();
    }

    long[] resultShape(long[] shape) {
        long[] result = shape.clone();
        for (int i = 0; i < axes.size(); i++) {
            result[axes.get(i).intValue()] = sizes.get(i);
        }
        return result;
    }

    Map<String, Object> arguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("axes", array(axes));
        arguments.put("starts", array(starts));
        arguments.put("ends", array(ends));
        arguments.put("steps", array(steps));
        return arguments;
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
