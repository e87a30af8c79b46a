package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process ends, or the power fails, before each change that a training makes to its folder:
 * every write, force, rename, link and deletion. From what is found then it goes on to the same
 * files, whatever was not yet on the disk.
 */
class CrashTest {

    private static final List<String> COMPARED =
            List.of(
                    "config.json",
                    "data.csv",
                    "model.safetensors",
                    "evaluation.json",
                    "checkpoint.safetensors");
    private static final String CHECKPOINT = "checkpoint.safetensors";

    @TempDir Path folder;
    private int moments;

    /** What was found at least once, and how it came to be. */
    private final Map<Map<String, Integer>, Found> found = new LinkedHashMap<>();

    private record Found(Map<String, byte[]> files, Set<WatchedFolder.Crash> crashes) {}

    private void record(WatchedFolder.Crash crash, Map<String, byte[]> files) {
        moments++;
        // Temporary files differ at almost every moment; that they do no harm is seen in the first
        // of each kind.
        Map<String, Integer> key = new TreeMap<>();
        files.forEach(
                (name, bytes) -> {
                    if (name.endsWith(".tmp")) {
                        key.put("a file that has no name yet", 0);
                    } else if (!name.startsWith("events.")) {
                        key.put(name, Arrays.hashCode(bytes));
                    }
                });
        found.computeIfAbsent(
                        key,
                        k ->
                                new Found(
                                        Map.copyOf(files),
                                        EnumSet.noneOf(WatchedFolder.Crash.class)))
                .crashes()
                .add(crash);
    }

    @Test
    void goesOnFromWhatIsThereAtEveryMoment() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 20, 1);
        ModelConfig config =
                Settings.apply(TinyTraining.config(3), Map.of("training.ema", "{\"decay\": 0.9}"));
        Path whole = Files.createDirectory(folder.resolve("whole"));
        train(config, data, new WatchedFolder(whole, this::record).path(), fresh());

        boolean hadCheckpoint = false;
        int resumed = 0;
        for (Found state : found.values()) {
            Path run = Files.createDirectory(folder.resolve("run"));
            for (Map.Entry<String, byte[]> file : state.files().entrySet()) {
                Files.write(run.resolve(file.getKey()), file.getValue());
            }
            String what = state.crashes() + " with " + state.files().keySet();
            boolean hasCheckpoint = state.files().containsKey(CHECKPOINT);
            assertThat(hasCheckpoint || !hadCheckpoint).as(what).isTrue();
            hadCheckpoint |=
                    hasCheckpoint && state.crashes().contains(WatchedFolder.Crash.NAMES_LOST);
            if (hasCheckpoint) {
                resumed++;
                assertThatCode(() -> goOn(config, data, run)).as(what).doesNotThrowAnyException();
            } else {
                train(config, data, run, new Training.Start.Fresh(true));
            }
            for (String name : COMPARED) {
                assertThat(run.resolve(name))
                        .as("%s: %s", what, name)
                        .hasSameBinaryContentAs(whole.resolve(name));
            }
            assertThat(withoutSeconds(run)).as(what).isEqualTo(withoutSeconds(whole));
            assertThat(run).as(what).isDirectoryNotContaining("glob:**.tmp");
            delete(run);
        }
        assertThat(moments).isGreaterThan(300);
        assertThat(resumed).isGreaterThan(10);
    }

    private static void goOn(ModelConfig config, Path data, Path run) {
        train(
                config.withLabels(Run.open(run).config().labels()),
                data,
                run,
                new Training.Start.Resume(false));
    }

    private static void train(ModelConfig config, Path data, Path out, Training.Start start) {
        new Training(
                        config,
                        new Training.Options(
                                data, Optional.empty(), out, start, TrainingDevice.CPU),
                        TrainingListener.SILENT)
                .run();
    }

    private static List<String> withoutSeconds(Path run) throws IOException {
        return Files.readAllLines(run.resolve("history.jsonl")).stream()
                .map(line -> line.replaceAll(",\"seconds.*", ""))
                .toList();
    }

    private static void delete(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(run);
    }

    private static Training.Start fresh() {
        return new Training.Start.Fresh(false);
    }
}
