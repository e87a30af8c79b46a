package dev.vitrail.zoo.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What became of every tensor of a checkpoint, and where every tensor of the network comes from.
 *
 * @param mapped tensors that are in the network
 * @param leftOut tensors that are not
 * @param initialised tensors of the network that the checkpoint does not give
 */
public record Ledger(List<Mapped> mapped, List<LeftOut> leftOut, List<Initialised> initialised) {

    /** A number that is a name's part or the end of one; {@code MAPHead_0} is no block. */
    private static final Pattern BLOCK =
            Pattern.compile("(?<=(?:^|[./])(?:[a-z_]{0,40}_)?)[0-9]+(?=$|[./])");

    /**
     * Copies the lists.
     *
     * @param mapped as the component
     * @param leftOut as the component
     * @param initialised as the component
     */
    public Ledger {
        mapped = List.copyOf(mapped);
        leftOut = List.copyOf(leftOut);
        initialised = List.copyOf(initialised);
    }

    /**
     * Tensors that became others.
     *
     * @param from names in the checkpoint
     * @param to names in the network
     * @param done such as {@code as it is} or {@code fused}
     */
    public record Mapped(List<String> from, List<String> to, String done) {}

    /**
     * A tensor that is not taken over.
     *
     * @param tensor its name in the checkpoint
     * @param reason why not
     */
    public record LeftOut(String tensor, String reason) {}

    /**
     * A tensor of the network that gets first values, as for a training.
     *
     * @param tensor its name in the network
     * @param reason why the checkpoint's is not used
     */
    public record Initialised(String tensor, String reason) {}

    /**
     * A line for a reader: what happens alike in every block is said once.
     *
     * @param from names in the checkpoint, numbers as {@code *}; "" for what is initialised
     * @param to names in the network; "" for what is left out
     * @param done what was done, or why nothing was
     * @param count how often
     */
    public record Line(String from, String to, String done, int count) {}

    /**
     * The ledger in short.
     *
     * @return lines in the order of the checkpoint: mapped, left out, initialised
     */
    public List<Line> lines() {
        Map<Line, Integer> counts = new LinkedHashMap<>();
        mapped.forEach(entry -> count(counts, join(entry.from()), join(entry.to()), entry.done()));
        leftOut.forEach(
                entry -> count(counts, star(entry.tensor()), "", "left out: " + entry.reason()));
        initialised.forEach(
                entry -> count(counts, "", star(entry.tensor()), "initialised: " + entry.reason()));
        List<Line> lines = new ArrayList<>();
        counts.forEach(
                (line, count) -> lines.add(new Line(line.from(), line.to(), line.done(), count)));
        return lines;
    }

    private static void count(Map<Line, Integer> counts, String from, String to, String done) {
        counts.merge(new Line(from, to, done, 0), 1, Integer::sum);
    }

    /** {@code a.query.weight, a.key.weight} as {@code a.{query,key}.weight}. */
    private static String join(List<String> names) {
        List<String> starred = names.stream().map(Ledger::star).distinct().toList();
        if (starred.size() == 1) {
            return starred.get(0);
        }
        String first = starred.get(0);
        int head = first.length();
        int tail = first.length();
        for (String name : starred) {
            head = Math.min(head, commonHead(first, name));
            tail = Math.min(tail, commonTail(first, name));
        }
        // Whole words only, so that the parts can be read.
        int begin = 0;
        for (int i = 0; i < head; i++) {
            begin = isSeparator(first.charAt(i)) ? i + 1 : begin;
        }
        int end = 0;
        for (int i = 1; i <= tail; i++) {
            end = isSeparator(first.charAt(first.length() - i)) ? i : end;
        }
        List<String> parts = new ArrayList<>();
        for (String name : starred) {
            if (name.length() - end < begin) {
                return String.join(", ", starred);
            }
            parts.add(name.substring(begin, name.length() - end));
        }
        return first.substring(0, begin)
                + "{"
                + String.join(",", parts)
                + "}"
                + first.substring(first.length() - end);
    }

    /** What stands between the words of a name: a dot, or Flax's slash. */
    private static boolean isSeparator(char character) {
        return character == '.' || character == '/';
    }

    private static int commonHead(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length())
                && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }

    private static int commonTail(String one, String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length())
                && one.charAt(one.length() - 1 - length)
                        == other.charAt(other.length() - 1 - length)) {
            length++;
        }
        return length;
    }

    /**
     * The block's number as {@code *}, which is the first in a name; later ones tell its parts
     * apart, as in {@code encoderblock_7/LayerNorm_0} and {@code encoder_layer_7.mlp.3}.
     */
    private static String star(String name) {
        return BLOCK.matcher(name).replaceFirst("*");
    }
}
