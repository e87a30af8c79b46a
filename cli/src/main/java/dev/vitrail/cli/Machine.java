package dev.vitrail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What Linux says of processor and memory beyond what Java asks it; empty on other systems.
 *
 * @param root the file system, another than {@code /} in tests
 */
record Machine(Path root) {
    /** Version 2 of control groups, then version 1. */
    private static final List<String> LIMITS =
            List.of("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes");

    /** A kind of vector arithmetic, and the kernel's words for it, of which one is enough. */
    private enum Feature {
        AVX("AVX", "avx"),
        AVX2("AVX2", "avx2"),
        AVX512("AVX-512", "avx512f"),
        VNNI("VNNI", "avx512_vnni", "avx_vnni"),
        BF16("BF16", "avx512_bf16"),
        AMX("AMX", "amx_tile"),
        NEON("NEON", "asimd"),
        DOT("dot product", "asimddp"),
        I8MM("I8MM", "i8mm");

        private final String title;
        private final List<String> flags;

        Feature(String title, String... flags) {
            this.title = title;
            this.flags = List.of(flags);
        }
    }

    static Machine here() {
        return new Machine(Path.of("/"));
    }

    /** The processor's name, where the kernel has one. */
    Optional<String> processor() {
        return cpuInfo("model name");
    }

    /** The kinds of vector arithmetic that matter to matrix products, empty where not known. */
    List<String> features() {
        String flags = cpuInfo("flags").or(() -> cpuInfo("Features")).orElse("");
        Set<String> words = new HashSet<>(List.of(flags.split("\\s+")));
        return Arrays.stream(Feature.values())
                .filter(feature -> feature.flags.stream().anyMatch(words::contains))
                .map(feature -> feature.title)
                .toList();
    }

    private Optional<String> cpuInfo(String key) {
        return lines("proc/cpuinfo").stream()
                .filter(line -> line.split(":", 2)[0].strip().equals(key) && line.contains(":"))
                .map(line -> line.split(":", 2)[1].strip())
                .findFirst();
    }

    /** The memory that is built in, whatever of it this process may take. */
    OptionalLong memory() {
        return lines("proc/meminfo").stream()
                .filter(line -> line.matches("MemTotal:\\s+[0-9]+ kB"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst();
    }

    /** What the control group (a container's) allows; empty where that is no limit. */
    OptionalLong memoryLimit() {
        long all = memory().orElse(Long.MAX_VALUE);
        return LIMITS.stream()
                .flatMap(file -> lines(file).stream())
                .filter(line -> line.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .filter(limit -> limit < all)
                .findFirst();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            // Another system, or one that shows less.
            return List.of();
        }
    }
}
