package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @TempDir private Path folder;
    private final byte[] runtime = new byte[1 << 20];
    private final byte[] binding = new byte[12_345];
    private Path jar;
    private Path cache;

    @BeforeEach
    void makeJar() throws IOException {
        new Random(1).nextBytes(runtime);
        new Random(2).nextBytes(binding);
        jar = jar("ort.jar", runtime);
        cache = folder.resolve("a cache/of vitrail");
    }

    private Path jar(String name, byte[] library) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream bytes = Files.newOutputStream(file);
                JarOutputStream out = new JarOutputStream(bytes)) {
            put(out, "linux-x64/", new byte[0]);
            put(out, "linux-x64/libonnxruntime.so", library);
            put(out, "linux-x64/libonnxruntime4j_jni.so", binding);
            put(out, "osx-aarch64/libonnxruntime.dylib", binding);
            put(out, "osx-aarch64/libonnxruntime.dylib.dSYM/Contents/Info.plist", binding);
        }
        return file;
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry("ai/onnxruntime/native/" + name));
        out.write(content);
        out.closeEntry();
    }

    private Path unpack() throws IOException {
        return NativeLibraries.unpack(jar, "linux-x64", cache);
    }

    private void assertWhole(Path libraries) throws IOException {
        try (Stream<Path> names = Files.list(libraries)) {
            assertThat(names.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("libonnxruntime.so", "libonnxruntime4j_jni.so");
        }
        assertThat(libraries.resolve("libonnxruntime.so")).hasBinaryContent(runtime);
        assertThat(libraries.resolve("libonnxruntime4j_jni.so")).hasBinaryContent(binding);
    }

    @Test
    void unpacksOnceAndKeepsWhatIsWhole() throws Exception {
        Path libraries = unpack();
        assertWhole(libraries);
        Path library = libraries.resolve("libonnxruntime.so");
        Object before = Files.getAttribute(library, "unix:ino");
        assertThat(unpack()).isEqualTo(libraries);
        assertThat(Files.getAttribute(library, "unix:ino")).isEqualTo(before);
        Path mac = NativeLibraries.unpack(jar, "osx-aarch64", cache);
        try (Stream<Path> names = Files.list(mac)) {
            assertThat(names).containsExactly(mac.resolve("libonnxruntime.dylib"));
        }
    }

    @Test
    void replacesWhatIsDamagedCutOrNoFile() throws Exception {
        Path libraries = unpack();
        byte[] changed = runtime.clone();
        changed[777] ^= 1;
        Files.write(libraries.resolve("libonnxruntime.so"), changed);
        Files.write(libraries.resolve("libonnxruntime4j_jni.so"), new byte[5]);
        unpack();
        assertWhole(libraries);
        Path elsewhere = Files.write(folder.resolve("elsewhere"), runtime);
        Files.delete(libraries.resolve("libonnxruntime.so"));
        Files.createSymbolicLink(libraries.resolve("libonnxruntime.so"), elsewhere);
        unpack();
        assertThat(libraries.resolve("libonnxruntime.so"))
                .isRegularFile()
                .matches(file -> !Files.isSymbolicLink(file));
        assertWhole(libraries);
    }

    @Test
    void keepsVersionsApart() throws Exception {
        Path first = unpack();
        byte[] other = runtime.clone();
        other[0]++;
        Path second = NativeLibraries.unpack(jar("ort-next.jar", other), "linux-x64", cache);
        assertThat(second).isNotEqualTo(first);
        assertWhole(first);
    }

    @Test
    void unpacksInSeveralProcessesAtATime() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Path>> all = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Callable<Path> start = this::unpack;
            all.add(pool.submit(start));
        }
        for (Future<Path> each : all) {
            assertThat(each.get().resolve("libonnxruntime.so")).hasBinaryContent(runtime);
        }
        pool.shutdown();
        assertWhole(unpack());
        try (Stream<Path> names = Files.list(cache)) {
            assertThat(names).hasSize(1);
        }
    }

    @Test
    void loadsNothingFromAFolderThatOthersMayWriteInto() throws Exception {
        Path libraries = unpack();
        Files.setPosixFilePermissions(libraries, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(this::unpack)
                .isInstanceOf(IOException.class)
                .hasMessage(libraries + ": is not this user's alone");
        assertThatThrownBy(() -> NativeLibraries.unpack(jar, "linux-ppc64", cache))
                .hasMessage(jar + ": holds no libraries for linux-ppc64");
    }
}
