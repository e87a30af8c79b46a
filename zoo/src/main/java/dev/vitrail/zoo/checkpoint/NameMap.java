package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Another project's tensor names and ours, which are timm's: a table of rows that is read in both
 * directions.
 *
 * <p>A row's names are {@link NameTemplate}s; the numbers of one side stand on the other. Where
 * only our side has a place for one, the tensor's first axis is the depth, and each of its slices
 * is a block's (Flax's scan). Several rows may lead to the same names of ours, the spelling that is
 * written first: an old one is read and never written.
 */
final class NameMap {

    /** Tensors of one side that are tensors of the other, and what is done in between. */
    record Row(List<NameTemplate> theirs, List<NameTemplate> ours, Step step) {

        boolean isSpread() {
            return theirs.get(0).places() < ours.get(0).places();
        }
    }

    /** A row with its numbers put in. */
    record Mapping(Row row, List<Integer> numbers, List<String> theirs, List<String> ours) {

        /** What is done to the tensors, as the ledger says it. */
        String words() {
            String step = row.step().words();
            if (!row.isSpread()) {
                return step;
            }
            return row.step() == Step.AS_IS ? "split" : "split, " + step;
        }
    }

    private record Omission(Pattern pattern, String reason) {}

    private final List<Row> rows = new ArrayList<>();
    private final List<Omission> omissions = new ArrayList<>();

    /** One tensor for one. */
    NameMap row(String theirs, String ours) {
        return row(theirs, ours, Step.AS_IS);
    }

    /** One tensor for one, changed. */
    NameMap row(String theirs, String ours, Step step) {
        return row(List.of(theirs), List.of(ours), step);
    }

    /** Weight and bias of a layer, as they are. */
    NameMap layer(String theirs, String ours) {
        return row(theirs + ".weight", ours + ".weight").row(theirs + ".bias", ours + ".bias");
    }

    /** Weights of several layers in one, and their biases. */
    NameMap layers(List<String> theirs, List<String> ours, Step step) {
        for (String part : List.of(".weight", ".bias")) {
            row(
                    theirs.stream().map(name -> name + part).toList(),
                    ours.stream().map(name -> name + part).toList(),
                    step);
        }
        return this;
    }

    /** Several tensors for several. */
    NameMap row(List<String> theirs, List<String> ours, Step step) {
        rows.add(
                new Row(
                        theirs.stream().map(NameTemplate::new).toList(),
                        ours.stream().map(NameTemplate::new).toList(),
                        step));
        return this;
    }

    /**
     * Tensors of theirs that a classifier has no use for.
     *
     * @param pattern see {@link Globs}
     * @param reason completes "left out: …"
     */
    NameMap leaveOut(String pattern, String reason) {
        omissions.add(new Omission(Globs.pattern(pattern), reason));
        return this;
    }

    /** The rows of another table after these, which go first where both have a name. */
    NameMap addAll(NameMap other) {
        rows.addAll(other.rows);
        omissions.addAll(other.omissions);
        return this;
    }

    /** The same tensors as parts of a module of theirs, such as {@code backbone.}. */
    NameMap below(String prefix) {
        NameMap names = new NameMap();
        for (Row row : rows) {
            List<NameTemplate> theirs =
                    row.theirs().stream().map(name -> new NameTemplate(prefix + name)).toList();
            names.rows.add(new Row(theirs, row.ours(), row.step()));
        }
        for (Omission omission : omissions) {
            Pattern pattern = Pattern.compile(Pattern.quote(prefix) + omission.pattern());
            names.omissions.add(new Omission(pattern, omission.reason()));
        }
        return names;
    }

    /** Why a tensor of theirs is left out, if it is. */
    Optional<String> reasonToLeaveOut(String name) {
        return omissions.stream()
                .filter(omission -> omission.pattern().matcher(name).matches())
                .map(Omission::reason)
                .findFirst();
    }

    /** Their names to ours: the mappings of which at least one tensor is there. */
    List<Mapping> read(Map<String, Shape> theirs) {
        Map<List<Object>, Mapping> mappings = new LinkedHashMap<>();
        for (String name : theirs.keySet()) {
            find(name)
                    .ifPresent(
                            found ->
                                    mappings.computeIfAbsent(
                                            List.of(found.row(), found.numbers()),
                                            key -> mapping(found, theirs.get(name))));
        }
        return List.copyOf(mappings.values());
    }

    private record Found(Row row, List<Integer> numbers) {}

    private Optional<Found> find(String name) {
        for (Row row : rows) {
            for (NameTemplate template : row.theirs()) {
                Optional<List<Integer>> numbers = template.match(name);
                if (numbers.isPresent()) {
                    return Optional.of(new Found(row, numbers.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static Mapping mapping(Found found, Shape shape) {
        Row row = found.row();
        List<String> theirs =
                row.theirs().stream().map(template -> template.with(found.numbers())).toList();
        if (!row.isSpread()) {
            return new Mapping(
                    row,
                    found.numbers(),
                    theirs,
                    row.ours().stream().map(template -> template.with(found.numbers())).toList());
        }
        int depth = shape.dimension() == 0 ? 0 : Math.toIntExact(Math.min(shape.get(0), 10_000));
        List<String> ours = new ArrayList<>();
        for (int slice = 0; slice < depth; slice++) {
            List<Integer> numbers = List.of(slice);
            row.ours().forEach(template -> ours.add(template.with(numbers)));
        }
        return new Mapping(row, found.numbers(), theirs, ours);
    }

    /**
     * Our names to theirs.
     *
     * @param ours names of a network's tensors
     * @param missing takes the names that no row has
     */
    List<Mapping> write(Collection<String> ours, Set<String> missing) {
        List<Mapping> mappings = new ArrayList<>();
        Set<String> written = new LinkedHashSet<>();
        for (String name : ours) {
            if (written.contains(name)) {
                continue;
            }
            Optional<Mapping> mapping = writing(name, ours);
            mapping.ifPresent(
                    found -> {
                        mappings.add(found);
                        written.addAll(found.ours());
                    });
            if (mapping.isEmpty()) {
                missing.add(name);
            }
        }
        return mappings;
    }

    private Optional<Mapping> writing(String name, Collection<String> ours) {
        for (Row row : rows) {
            for (NameTemplate template : row.ours()) {
                Optional<List<Integer>> numbers = template.match(name);
                if (numbers.isEmpty() || row.isSpread()) {
                    continue;
                }
                List<String> names = expand(row.ours(), numbers.get());
                if (ours.containsAll(names)) {
                    return Optional.of(
                            new Mapping(
                                    row,
                                    numbers.get(),
                                    expand(row.theirs(), numbers.get()),
                                    names));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * What a tensor of ours is called by them: in the spelling of those tensors that are there, or
     * in the one that is written.
     */
    List<String> theirNames(String name, Set<String> present) {
        List<String> first = List.of();
        for (Row row : rows) {
            List<String> names = theirNames(row, name);
            if (!names.isEmpty() && row.theirs().stream().anyMatch(t -> isIn(present, t))) {
                return names;
            }
            first = first.isEmpty() ? names : first;
        }
        return first;
    }

    private static boolean isIn(Set<String> present, NameTemplate template) {
        return present.stream().anyMatch(name -> template.match(name).isPresent());
    }

    private static List<String> theirNames(Row row, String name) {
        for (NameTemplate template : row.ours()) {
            Optional<List<Integer>> numbers = template.match(name);
            if (numbers.isPresent()) {
                List<Integer> places = row.isSpread() ? List.of() : numbers.get();
                return row.theirs().size() == row.ours().size()
                        ? List.of(row.theirs().get(row.ours().indexOf(template)).with(places))
                        : expand(row.theirs(), places);
            }
        }
        return List.of();
    }

    private static List<String> expand(List<NameTemplate> templates, List<Integer> numbers) {
        return templates.stream().map(template -> template.with(numbers)).toList();
    }

    /** The results of a mapping, in the order of its names of ours. */
    static List<Tensor> apply(Mapping mapping, List<Tensor> theirs) {
        Step step = mapping.row().step();
        if (!mapping.row().isSpread()) {
            return step.apply(theirs);
        }
        return IntStream.range(0, mapping.ours().size() / mapping.row().ours().size())
                .boxed()
                .flatMap(slice -> step.apply(slices(theirs, slice)).stream())
                .toList();
    }

    private static List<Tensor> slices(List<Tensor> tensors, int slice) {
        return tensors.stream()
                .map(
                        tensor -> {
                            Tensor row = tensor.requireAxes(1).rows(slice, slice + 1L);
                            return row.reshape(tensor.shape().slice(1));
                        })
                .toList();
    }
}
