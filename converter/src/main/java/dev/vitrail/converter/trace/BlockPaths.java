package dev.vitrail.converter.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds which block made each call. DJL has no hooks for that, but parameters have paths: a call
 * that reads a parameter belongs to the parameter's block, and the calls between two such calls to
 * the innermost block around both.
 */
final class BlockPaths {
    private final List<String> weightBlocks;

    /**
     * @param weightBlocks path of the block of each parameter of the trace
     */
    BlockPaths(List<String> weightBlocks) {
        this.weightBlocks = weightBlocks;
    }

    List<Call> assign(List<Call> calls) {
        List<Optional<String>> own = calls.stream().map(this::ownBlock).toList();
        String[] next = new String[calls.size()];
        String following = null;
        for (int i = calls.size() - 1; i >= 0; i--) {
            next[i] = following;
            following = own.get(i).orElse(following);
        }
        List<Call> assigned = new ArrayList<>();
        String previous = null;
        for (int i = 0; i < calls.size(); i++) {
            String before = previous == null ? next[i] : previous;
            String after = next[i] == null ? previous : next[i];
            String between = before == null ? "" : commonAncestor(before, after);
            String block = own.get(i).orElse(between);
            previous = own.get(i).orElse(previous);
            Call call = calls.get(i);
            assigned.add(
                    new Call(
                            call.operation(),
                            call.operands(),
                            call.arguments(),
                            call.results(),
                            block));
        }
        return assigned;
    }

    private Optional<String> ownBlock(Call call) {
        return call.operands().stream()
                .filter(Operand.Weight.class::isInstance)
                .map(weight -> weightBlocks.get(((Operand.Weight) weight).index()))
                .reduce(BlockPaths::commonAncestor);
    }

    static String commonAncestor(String left, String right) {
        String[] a = left.split("\\.");
        String[] b = right.split("\\.");
        List<String> common = new ArrayList<>();
        for (int i = 0; i < Math.min(a.length, b.length) && a[i].equals(b[i]); i++) {
            common.add(a[i]);
        }
        return String.join(".", common);
    }
}
