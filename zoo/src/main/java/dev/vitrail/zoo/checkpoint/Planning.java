package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.checkpoint.NameMap.Mapping;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.grid.Regridding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** From a checkpoint to what will be written: the network, its tensors, and what became of each. */
final class Planning {

    private static final String POSITIONS = "pos_embed";
    private static final String HEAD = "head.";
    private static final String DISTILLATION_HEAD = "head_dist.";

    private final Source source;
    private final Family family;
    private final NameMap names;
    private final ImportOptions options;
    private final Map<String, Pattern> allowed = new LinkedHashMap<>();
    private final Set<String> needed = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Ledger.Mapped> mapped = new ArrayList<>();
    private final List<Ledger.LeftOut> leftOut = new ArrayList<>();
    private final List<Ledger.Initialised> initialised = new ArrayList<>();

    private Optional<Preprocessing> preprocessingOfTarget = Optional.empty();

    private Planning(Source source, Family family, ImportOptions options) {
        this.source = source;
        this.family = family;
        this.names = family.names(source);
        this.options = options;
        options.allow().forEach(glob -> allowed.put(glob, Globs.pattern(glob)));
    }

    static ImportPlan plan(Source source, Family family, ImportOptions options) {
        return new Planning(source, family, options).plan();
    }

    private ImportPlan plan() {
        if (!source.prefix().isEmpty()) {
            notes.add(
                    "the names of all tensors begin with \""
                            + source.prefix()
                            + "\", which is left off");
        }
        List<Mapping> mappings = names.read(source.shapes());
        Map<String, Tensor> found = translate(mappings);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        found.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        Architecture architecture = architecture(shapes);
        Labels labels = labels(shapes);
        ModelConfig config = config(architecture, labels);
        ModelConfig target = target(config);
        Map<String, Shape> wanted = NetworkTensors.shapes(architecture, labels.count());
        Map<String, Tensor> tensors = fit(architecture, mappings, found, wanted);
        leaveOutOthers(mappings);
        if (!problems.isEmpty()) {
            throw CheckpointException.of(
                    source.path(),
                    "these tensors are not those of "
                            + family.id()
                            + (options.config().isEmpty() ? " as detected" : " as --config has it"),
                    problems,
                    "; --allow PATTERN lets tensors be missing or left over");
        }
        Set<String> missing = new LinkedHashSet<>();
        initialised.forEach(entry -> missing.add(entry.tensor()));
        Map<String, Tensor> first =
                NetworkTensors.firstValues(architecture, labels.count(), missing);
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        wanted.keySet()
                .forEach(name -> ordered.put(name, tensors.getOrDefault(name, first.get(name))));
        Regridded regridded = new Regridded(new Regridding(architecture, target.model()));
        return new ImportPlan(
                source,
                family.id(),
                target,
                new Ledger(regridded.words(mapped), leftOut, initialised),
                notes,
                allowed.keySet().stream().filter(glob -> !needed.contains(glob)).toList(),
                regridded.tensors(ordered));
    }

    /** Their tensors by our names, as far as all sources of a mapping are there. */
    private Map<String, Tensor> translate(List<Mapping> mappings) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        for (Mapping mapping : mappings) {
            List<String> missing = missing(mapping);
            if (!missing.isEmpty()) {
                incomplete(mapping, missing);
                continue;
            }
            try {
                List<Tensor> results =
                        NameMap.apply(
                                mapping, mapping.theirs().stream().map(this::tensor).toList());
                for (int i = 0; i < results.size(); i++) {
                    Tensor before = found.put(mapping.ours().get(i), results.get(i));
                    if (before != null) {
                        throw source.refused(
                                String.format(
                                        "tensor \"%s\" is there under two names, one of them %s",
                                        mapping.ours().get(i), mapping.theirs()));
                    }
                }
            } catch (IllegalArgumentException e) {
                problems.add("tensors " + quoted(mapping.theirs()) + ": " + e.getMessage());
            }
        }
        return found;
    }

    /** Of a layer that is in several tensors, the others are of no use. */
    private void incomplete(Mapping mapping, List<String> missing) {
        for (String name : missing) {
            if (!isAllowed(name)) {
                problems.add("tensor \"" + name + "\" is missing");
            }
        }
        leaveOut(mapping.theirs(), "a part of the same layer is missing, allowed");
    }

    private List<String> missing(Mapping mapping) {
        return mapping.theirs().stream().filter(name -> !source.has(name)).toList();
    }

    private Tensor tensor(String name) {
        return Tensor.of(source.weights(), name);
    }

    private Architecture architecture(Map<String, Shape> shapes) {
        if (options.config().isPresent()) {
            return options.config().get().model();
        }
        try {
            Architecture architecture =
                    Detection.read(source, names, shapes, family.dialect(source, notes), notes);
            family.check(source, architecture);
            return architecture;
        } catch (CheckpointException e) {
            throw problems.isEmpty() ? e : withProblems(e);
        }
    }

    /** What could not be read from tensors that are missing is said after them. */
    private CheckpointException withProblems(CheckpointException e) {
        List<String> all = new ArrayList<>(problems);
        all.addAll(e.problems());
        return CheckpointException.of(source.path(), "no network can be read from it", all, "");
    }

    private Labels labels(Map<String, Shape> shapes) {
        if (options.resetHead().isPresent()) {
            return options.resetHead().get();
        }
        int classes =
                Detection.classes(shapes)
                        .orElseThrow(
                                () ->
                                        source.refused(
                                                "has no classifier head; --reset-head N or"
                                                    + " --reset-head LABELS.txt gives it a new one"
                                                    + " to be trained"));
        Optional<Labels> known =
                options.config().map(ModelConfig::labels).or(() -> family.labels(source, notes));
        known.ifPresent(
                labels -> {
                    if (labels.count() != classes) {
                        throw source.refused(
                                String.format(
                                        "the classifier head has %d classes, but there are %d"
                                                + " labels; --reset-head gives it a new head",
                                        classes, labels.count()));
                    }
                });
        return known.orElseGet(() -> new Labels.Counted(classes));
    }

    private ModelConfig config(Architecture architecture, Labels labels) {
        Preprocessing preprocessing =
                options.config()
                        .map(ModelConfig::preprocessing)
                        .orElseGet(() -> preprocessing(architecture));
        String name =
                options.name()
                        .or(() -> options.config().map(ModelConfig::name))
                        .or(() -> family.name(source))
                        .orElseGet(() -> fileName(source.path()));
        TrainingConfig training =
                options.config().map(ModelConfig::training).orElse(TrainingConfig.DEFAULT);
        ModelConfig config =
                new ModelConfig(
                        name, architecture, labels, preprocessing, training, Optional.empty());
        // What a reader of the run would refuse is refused now.
        ConfigReader.parse(config.toJson(), source.path() + " (as detected)", Path.of(""));
        return config;
    }

    /** For the input that is wanted. */
    private ModelConfig target(ModelConfig config) {
        ModelConfig target = changed(config);
        return preprocessingOfTarget
                .map(
                        steps ->
                                new ModelConfig(
                                        target.name(),
                                        target.model(),
                                        target.labels(),
                                        steps,
                                        target.training(),
                                        target.pretraining()))
                .orElse(target);
    }

    private ModelConfig changed(ModelConfig config) {
        try {
            return options.input().applyTo(config);
        } catch (InputException e) {
            throw new InputException(source.path() + ": " + e.getMessage(), e);
        }
    }

    /**
     * The family's, as a rule for the checkpoint's own input. Where images are prepared for another
     * one, as for DINOv2's whose positions are of 518 pixels, it may be the one that is wanted.
     */
    private Preprocessing preprocessing(Architecture architecture) {
        try {
            return family.preprocessing(source, architecture, notes);
        } catch (CheckpointException e) {
            List<Integer> size = options.input().imageSize().orElseThrow(() -> e);
            Preprocessing steps =
                    family.preprocessing(
                            source,
                            architecture.with().imageSize(size.get(0), size.get(1)).build(),
                            notes);
            preprocessingOfTarget = Optional.of(steps);
            return steps.withOutput(architecture.imageHeight(), architecture.imageWidth());
        }
    }

    private static String fileName(Path path) {
        return path.toAbsolutePath()
                .normalize()
                .getFileName()
                .toString()
                .replaceFirst("\\.(safetensors(\\.index\\.json)?|npz)$", "");
    }

    /**
     * The tensors that the network wants; what is missing, left over or of another shape is noted.
     */
    private Map<String, Tensor> fit(
            Architecture architecture,
            List<Mapping> mappings,
            Map<String, Tensor> found,
            Map<String, Shape> wanted) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Mapping mapping : mappings) {
            if (!found.keySet().containsAll(mapping.ours())) {
                continue; // said already
            }
            if (options.resetHead().isPresent() && mapping.ours().stream().allMatch(this::isHead)) {
                leaveOut(mapping.theirs(), "replaced by a new head");
                continue;
            }
            List<String> strange =
                    mapping.ours().stream().filter(name -> !wanted.containsKey(name)).toList();
            if (!strange.isEmpty()) {
                mapping.theirs().forEach(this::leftOver);
                continue;
            }
            if (fitsShapes(architecture, mapping, found, wanted)) {
                mapping.ours().forEach(name -> tensors.put(name, found.get(name)));
                mapped.add(new Ledger.Mapped(mapping.theirs(), mapping.ours(), mapping.words()));
            }
        }
        for (String name : wanted.keySet()) {
            if (found.containsKey(name) && !(options.resetHead().isPresent() && isHead(name))) {
                continue;
            }
            if (name.equals(POSITIONS) && !architecture.positionEmbedding().isLearned()) {
                initialised.add(new Ledger.Initialised(name, "fixed, computed from its formula"));
            } else {
                initialise(name);
            }
        }
        return tensors;
    }

    private boolean isHead(String name) {
        return name.startsWith(HEAD) || name.startsWith(DISTILLATION_HEAD);
    }

    private boolean fitsShapes(
            Architecture architecture,
            Mapping mapping,
            Map<String, Tensor> found,
            Map<String, Shape> wanted) {
        for (String name : mapping.ours()) {
            Shape shape = found.get(name).shape();
            if (!shape.equals(wanted.get(name))) {
                problems.add(
                        known(architecture, mapping)
                                .orElseGet(() -> misfit(mapping, name, shape, wanted.get(name))));
                return false;
            }
        }
        return true;
    }

    /** A shape that the family has a reason for. */
    private Optional<String> known(Architecture architecture, Mapping mapping) {
        return mapping.theirs().stream()
                .map(
                        name -> {
                            Shape shape = source.shapes().get(name);
                            return family.reasonOfShape(name, shape, architecture)
                                    .map(reason -> told(name, shape) + ": " + reason);
                        })
                .flatMap(Optional::stream)
                .findFirst();
    }

    private String misfit(Mapping mapping, String name, Shape shape, Shape wanted) {
        return mapping.theirs().equals(List.of(name))
                ? told(name, shape) + ", must be " + wanted
                : String.format(
                        "%s is %s, but \"%s\" of that is %s and must be %s",
                        quoted(mapping.theirs()), shapes(mapping.theirs()), name, shape, wanted);
    }

    private static String told(String tensor, Shape shape) {
        return "tensor \"" + tensor + "\" is " + shape;
    }

    private void initialise(String name) {
        if (options.resetHead().isPresent() && isHead(name)) {
            initialised.add(new Ledger.Initialised(name, "new head"));
        } else if (isAllowed(name) || theirNames(name).stream().anyMatch(this::isAllowed)) {
            initialised.add(new Ledger.Initialised(name, "missing, allowed"));
        } else {
            String theirs = String.join(" or ", theirNames(name));
            boolean known = problems.stream().anyMatch(p -> p.contains('"' + theirs + '"'));
            if (!known) {
                problems.add("tensor \"" + (theirs.isEmpty() ? name : theirs) + "\" is missing");
            }
        }
    }

    /** What the family would call a tensor of ours. */
    private List<String> theirNames(String name) {
        return names.theirNames(name, source.shapes().keySet());
    }

    private void leaveOutOthers(List<Mapping> mappings) {
        Set<String> used = new LinkedHashSet<>();
        mappings.forEach(mapping -> used.addAll(mapping.theirs()));
        for (String name : source.shapes().keySet()) {
            if (!used.contains(name)) {
                names.reasonToLeaveOut(name)
                        .ifPresentOrElse(
                                reason -> leaveOut(List.of(name), reason), () -> leftOver(name));
            }
        }
    }

    private void leaveOut(List<String> tensors, String reason) {
        tensors.stream()
                .filter(source::has)
                .forEach(name -> leftOut.add(new Ledger.LeftOut(name, reason)));
    }

    private void leftOver(String name) {
        if (isAllowed(name)) {
            leaveOut(List.of(name), "no place in the network, allowed");
        } else {
            problems.add("tensor \"" + name + "\" has no place in the network");
        }
    }

    private boolean isAllowed(String name) {
        boolean matched = false;
        for (Map.Entry<String, Pattern> entry : allowed.entrySet()) {
            if (entry.getValue().matcher(name).matches()) {
                needed.add(entry.getKey());
                matched = true;
            }
        }
        return matched;
    }

    private Object shapes(List<String> theirs) {
        List<Shape> shapes = theirs.stream().map(source.shapes()::get).toList();
        return shapes.size() == 1 ? shapes.get(0) : shapes;
    }

    private static String quoted(List<String> names) {
        return "\"" + String.join("\", \"", names) + "\"";
    }
}
