package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir private Path root;

    private Machine with(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
        return new Machine(root);
    }

    @Test
    void readsAnX86Processor() throws IOException {
        Machine machine =
                with(
                        "proc/cpuinfo",
                        "processor\t: 0\nmodel name\t: AMD EPYC: 7R13\n"
                                + "flags\t\t: fpu avx avx2 avx512f avx512_vnni avx512vl\n"
                                + "bugs\t\t: avx_vnni_bug\n\nprocessor\t: 1\n");
        assertThat(machine.processor()).contains("AMD EPYC: 7R13");
        assertThat(machine.features()).containsExactly("AVX", "AVX2", "AVX-512", "VNNI");
    }

    @Test
    void readsAnArmProcessor() throws IOException {
        Machine machine = with("proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd asimddp\n");
        assertThat(machine.processor()).isEmpty();
        assertThat(machine.features()).containsExactly("NEON", "dot product");
    }

    @Test
    void knowsAContainersLimitFromNone() throws IOException {
        with("proc/meminfo", "MemTotal:       24689316 kB\nMemFree: 1 kB\n");
        assertThat(with("sys/fs/cgroup/memory.max", "max\n").memoryLimit()).isEmpty();
        assertThat(with("sys/fs/cgroup/memory.max", "536870912\n").memoryLimit())
                .hasValue(536870912);
        Files.delete(root.resolve("sys/fs/cgroup/memory.max"));
        String version1 = "sys/fs/cgroup/memory/memory.limit_in_bytes";
        assertThat(with(version1, "9223372036854771712\n").memoryLimit()).isEmpty();
        assertThat(with(version1, "1073741824\n").memoryLimit()).hasValue(1 << 30);
    }

    @Test
    void saysNothingWhereThereIsNoLinux() {
        Machine machine = new Machine(root);
        assertThat(machine.processor()).isEmpty();
        assertThat(machine.features()).isEmpty();
        assertThat(machine.memory()).isEmpty();
        assertThat(machine.memoryLimit()).isEmpty();
    }
}
