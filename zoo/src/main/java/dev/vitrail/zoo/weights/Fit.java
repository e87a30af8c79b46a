package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Whether weights are those of a network: collects all that speaks against it, then says it. */
final class Fit {

    private final Weights weights;
    private final List<String> problems = new ArrayList<>();

    Fit(Weights weights) {
        this.weights = weights;
    }

    /** Notes what is missing and what is left over. */
    void checkNames(Set<String> wanted) {
        Set<String> found = weights.shapes().keySet();
        for (String name : wanted) {
            if (!found.contains(name)) {
                problems.add(Quoted.tensor(name) + " is missing");
            }
        }
        Set<String> leftOver = new LinkedHashSet<>(found);
        leftOver.removeAll(wanted);
        leftOver.forEach(name -> problems.add(Quoted.tensor(name) + " has no place in it"));
    }

    /** Whether a tensor is there in the shape wanted; another shape is noted. */
    boolean hasShape(String name, Shape wanted) {
        Shape found = weights.shapes().get(name);
        if (found != null && !found.equals(wanted)) {
            problems.add(Quoted.tensor(name) + " is " + found + ", must be " + wanted);
        }
        return wanted.equals(found);
    }

    void note(String problem) {
        problems.add(problem);
    }

    boolean holds() {
        return problems.isEmpty();
    }

    WeightsException refused() {
        return WeightsException.of(
                weights.origin(), "these weights do not fit the network", problems);
    }
}
