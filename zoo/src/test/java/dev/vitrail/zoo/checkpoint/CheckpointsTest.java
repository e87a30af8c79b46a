package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.NpyArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every checkpoint that its own library computed logits for: what an import does to its tensors,
 * and how near it comes. Writes {@code target/checkpoints.md}, of which the tables of the module's
 * {@code CHECKPOINTS.md} are a copy.
 */
class CheckpointsTest {

    /**
     * Float32 engines land within 4e-6 of these logits, which were computed in float64; a wrong
     * epsilon, GELU form or order of query, key and value is 1e-3 and more away.
     */
    private static final float TOLERANCE = 1e-5f;

    /** The checkpoint of each family and layout whose ledger is shown whole. */
    private static final List<String> SHOWN =
            List.of(
                    "timm_reg",
                    "timm_deit_distilled",
                    "hf_vit_sharded",
                    "hf_deit_distilled",
                    "hf_dinov2_reg",
                    "hf_siglip_vision",
                    "hf_clip_vision",
                    "torchvision_vit",
                    "google_prelogits",
                    "google_hybrid_r50",
                    "bigvision_tok",
                    "bigvision_scan",
                    "siglip_img",
                    "dinov2_swiglu",
                    "mae_pretrain");

    private static final SortedMap<String, String> ROWS = new TreeMap<>();
    private static final SortedMap<String, List<String>> LEDGERS = new TreeMap<>();

    @TempDir private Path folder;

    static Stream<String> checkpoints() throws IOException {
        SortedSet<String> names = new TreeSet<>();
        for (Path references : ReferenceCase.folders()) {
            try (Stream<Path> cases = Files.list(references)) {
                cases.filter(path -> !weights(path).isEmpty())
                        .forEach(path -> names.add(path.getFileName().toString()));
            }
        }
        return names.stream();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void meetsWhatItsLibraryComputes(String name) throws IOException {
        Path reference = ReferenceCase.folder(name);
        NpyArray expected = NpyArray.read(reference.resolve("logits.npy"));
        ImportPlan plan;
        Run run;
        try (Checkpoint checkpoint = Checkpoint.open(reference)) {
            plan = plan(checkpoint, reference, (int) expected.shape().get(1));
            run = plan.write(folder.resolve("run"), false);
        }

        float largest = 0;
        float[] logits = logits(run, reference, plan);
        assertThat(logits).hasSameSizeAs(expected.values());
        for (int i = 0; i < logits.length; i++) {
            largest = Math.max(largest, Math.abs(logits[i] - expected.values()[i]));
        }

        ROWS.put(plan.family() + " " + name, row(name, reference, plan, largest));
        if (SHOWN.contains(name)) {
            LEDGERS.put(name, ledger(name, plan));
        }
        assertThat(largest).isLessThan(TOLERANCE);
    }

    /** A checkpoint without a head gets one for what it would read. */
    private static ImportPlan plan(Checkpoint checkpoint, Path reference, int width)
            throws IOException {
        // What a query's kernel shows of heads need not be told.
        boolean told = !weights(reference).get(0).endsWith(".npz");
        ImportOptions options = told ? ReferenceCase.options(reference) : ImportOptions.DEFAULT;
        try {
            return checkpoint.plan(options);
        } catch (CheckpointException e) {
            assertThat(e).hasMessageContaining("--reset-head");
            return checkpoint.plan(options.withResetHead(new Labels.Counted(width)));
        }
    }

    /** Of a new head, what it reads. */
    private static float[] logits(Run run, Path reference, ImportPlan plan) {
        NpyArray input = NpyArray.read(reference.resolve("input.npy"));
        try (Network network = run.network(Device.cpu())) {
            if (!plan.ledger().initialised().isEmpty()) {
                int width = plan.config().labels().count();
                float[] identity = new float[width * width];
                for (int i = 0; i < width; i++) {
                    identity[i * (width + 1)] = 1;
                }
                network.parameters().get("head.weight").getArray().set(identity);
                network.parameters().get("head.bias").getArray().set(new float[width]);
            }
            return ReferenceCase.logits(network, input);
        }
    }

    private static String row(String name, Path reference, ImportPlan plan, float largest) {
        Ledger ledger = plan.ledger();
        List<String> files = weights(reference);
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %d | %s | %s | %s | %.0e |",
                name,
                plan.family(),
                files.size() > 1
                        ? files.size() + " shards"
                        : files.get(0).substring(files.get(0).lastIndexOf('.') + 1),
                ledger.mapped().stream().mapToInt(entry -> entry.from().size()).sum()
                        + ledger.leftOut().size(),
                counted(ledger.mapped(), Ledger.Mapped::done),
                counted(ledger.leftOut(), Ledger.LeftOut::reason),
                counted(ledger.initialised(), Ledger.Initialised::reason),
                largest);
    }

    /** Such as {@code 18 as it is; 4 fused}. */
    private static <T> String counted(List<T> entries, Function<T, String> words) {
        return entries.stream()
                .collect(Collectors.groupingBy(words, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining("; "));
    }

    private static List<String> ledger(String name, ImportPlan plan) {
        List<String> lines = new ArrayList<>();
        lines.add("### " + plan.family() + ": `" + name + "`");
        lines.add("");
        lines.add("| Checkpoint | Network | What was done | Times |");
        lines.add("| --- | --- | --- | --: |");
        for (Ledger.Line line : plan.ledger().lines()) {
            lines.add(
                    String.format(
                            "| %s | %s | %s | %d |",
                            code(line.from()), code(line.to()), line.done(), line.count()));
        }
        plan.notes().forEach(note -> lines.addAll(List.of("", "Note: " + note)));
        return lines;
    }

    private static String code(String name) {
        return name.isEmpty() ? "" : "`" + name + "`";
    }

    /** Names of the weights' files, sorted. */
    private static List<String> weights(Path reference) {
        if (!Files.isDirectory(reference)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(reference)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.matches("model.*\\.(safetensors|npz)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void writeTheTables() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| Checkpoint | Family | Weights | Tensors | Mapped | Left out | New | Difference"
                        + " |");
        lines.add("| --- | --- | --- | --: | --- | --- | --- | --: |");
        lines.addAll(ROWS.values());
        lines.addAll(List.of("", "## Ledgers"));
        for (String name : SHOWN) {
            lines.add("");
            lines.addAll(LEDGERS.getOrDefault(name, List.of()));
        }
        Files.createDirectories(Path.of("target"));
        Files.write(Path.of("target", "checkpoints.md"), lines);
        List<String> stated = Files.readAllLines(Path.of("CHECKPOINTS.md"));
        // The differences vary with the machine, the rest may not.
        assertThat(stated.stream().map(CheckpointsTest::withoutDifference))
                .as("lines of CHECKPOINTS.md, which target/checkpoints.md has anew")
                .containsAll(lines.stream().map(CheckpointsTest::withoutDifference).toList());
    }

    private static String withoutDifference(String row) {
        return row.replaceFirst("[0-9]e[+-][0-9]{2} \\|$", "");
    }
}
