package dev.vitrail.cli;

import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Configs by path, or by the name of one that ships. */
final class Configs {
    private static final String ENDING = ".json";

    private Configs() {}

    /**
     * Reads a config.
     *
     * @param given a path, or the name of a shipped config with or without {@code .json}
     */
    static ModelConfig read(String given) {
        return ConfigReader.read(find(given));
    }

    private static Path find(String given) {
        Path path = Path.of(given);
        boolean isName = path.getNameCount() == 1 && !path.isAbsolute();
        Path shipped = folder().resolve(given.endsWith(ENDING) ? given : given + ENDING);
        // A folder may be called like a config, a run's for one; it is never what is meant.
        if (isName && Files.isRegularFile(shipped) && !Files.isRegularFile(path)) {
            return shipped;
        }
        if (Files.exists(path)) {
            return path;
        }
        throw Failure.wrongUse(
                given
                        + ": no such config file, and no config of that name ships; there are "
                        + names().stream().collect(Collectors.joining(", ")));
    }

    /** Reads a config that ships, whatever lies in the working folder. */
    static ModelConfig ofName(String name) {
        return ConfigReader.read(folder().resolve(name + ENDING));
    }

    /** The shipped configs, by size and then by name. */
    static List<ModelConfig> shipped() {
        List<ModelConfig> configs = new ArrayList<>();
        names().forEach(name -> configs.add(ofName(name)));
        configs.sort(
                Comparator.comparingLong(ModelConfig::parameterCount)
                        .thenComparing(ModelConfig::name));
        return configs;
    }

    private static List<String> names() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING) && !name.endsWith(".schema.json"))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Failure.failed(folder() + ": the shipped configs cannot be listed", e);
        }
    }

    /** The launcher says where the distribution lies. */
    private static Path folder() {
        return Home.path().resolve("configs");
    }
}
