package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDArrayIndexer;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.index.dim.NDIndexTake;
import ai.djl.ndarray.index.full.NDIndexFullPick;
import ai.djl.ndarray.index.full.NDIndexFullSlice;
import ai.djl.ndarray.index.full.NDIndexFullTake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Indexing, taken apart into slices, selections, takes and new axes. Bounds are recorded as they
 * were written, negative ones negative, and a slice of a whole axis is left out: so a size that is
 * only known at run time does not enter the graph through an index.
 */
final class SymbolicIndexer extends NDArrayIndexer {
    private final Tape tape;

    SymbolicIndexer(Tape tape) {
        this.tape = tape;
    }

    @Override
    public NDArray get(NDArray array, NDIndex index) {
        SymbolicArray source = tape.own(array, "get");
        Optional<NDIndexFullPick> pick = NDIndexFullPick.fromIndex(index, array.getShape());
        if (pick.isPresent()) {
            return get(source, pick.get());
        }
        List<NDIndexElement> elements = expand(index, array.getShape().dimension());
        List<Integer> newAxes = new ArrayList<>();
        List<Integer> selectedAxes = new ArrayList<>();
        List<Long> selected = new ArrayList<>();
        SliceBounds bounds = new SliceBounds();
        NDArray taken = null;
        int takenAxis = 0;
        int axis = 0;
        int resultAxis = 0;
        for (NDIndexElement element : elements) {
            if (element instanceof NDIndexNull) {
                newAxes.add(resultAxis++);
                continue;
            } else if (element instanceof NDIndexFixed fixed) {
                selectedAxes.add(axis);
                selected.add(fixed.getIndex());
                resultAxis--;
            } else if (element instanceof NDIndexSlice slice) {
                bounds.add(axis, slice, array.getShape().get(axis));
            } else if (element instanceof NDIndexTake take && taken == null) {
                taken = take.getIndex();
                takenAxis = axis - selectedAxes.size();
                resultAxis += taken.getShape().dimension() - 1;
            } else if (!(element instanceof NDIndexAll)) {
                throw Refusal.of(
                        tape,
                        "get",
                        "only whole axes, ranges, single places, new axes and one array of integers"
                                + " can index an array; a mask gives a shape that depends on data,"
                                + " use where instead");
            }
            axis++;
            resultAxis++;
        }
        SymbolicArray result = bounds.isWhole() ? source : source.slice(bounds);
        for (int i = selected.size() - 1; i >= 0; i--) {
            result = result.select(selectedAxes.get(i), selected.get(i));
        }
        if (taken != null) {
            result = result.takeAxis(taken, takenAxis);
        }
        for (int newAxis : newAxes) {
            result = (SymbolicArray) result.expandDims(newAxis);
        }
        return result == source ? source.view() : result;
    }

    /** Puts whole axes where the ellipsis stands, or at the end. */
    private static List<NDIndexElement> expand(NDIndex index, int rank) {
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        long indexed = elements.stream().filter(e -> !(e instanceof NDIndexNull)).count();
        if (indexed > rank) {
            throw new IllegalArgumentException(indexed + " indices for an array of rank " + rank);
        }
        int place = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        for (long i = indexed; i < rank; i++) {
            elements.add(place, new NDIndexAll());
        }
        return elements;
    }

    @Override
    public NDArray get(NDArray array, NDIndexFullPick pick) {
        return Compositions.pick(array, tape.own(pick.getIndices(), "pick"), pick.getAxis());
    }

    @Override
    public NDArray get(NDArray array, NDIndexFullTake take) {
        return tape.own(array, "take").takeAxis(take.getIndices(), take.getAxis());
    }

    @Override
    public NDArray get(NDArray array, NDIndexFullSlice slice) {
        throw new IllegalStateException("indices are taken apart before they become full slices");
    }

    @Override
    public void set(NDArray array, NDIndexFullSlice slice, NDArray value) {
        throw SymbolicArray.refuseSet(tape);
    }

    @Override
    public void set(NDArray array, NDIndexFullSlice slice, Number value) {
        throw SymbolicArray.refuseSet(tape);
    }
}
