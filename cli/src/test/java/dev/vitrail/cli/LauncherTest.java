package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shell script hands to Java, which here is a script that prints it. */
class LauncherTest {
    private static final Path LAUNCHER =
            Path.of(System.getProperty("vitrail.root"), "cli/src/main/dist/bin/vitrail");

    @TempDir private Path folder;

    private String launched(Map<String, String> environment, String... arguments) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell");
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"charmap $(locale charmap)\"\necho \"$*\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        String[] command = new String[arguments.length + 2];
        command[0] = "/bin/sh";
        command[1] = LAUNCHER.toString();
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().put("JAVA_HOME", folder.toString());
        process.environment().put("VITRAIL_CLASS_ARCHIVE", "off");
        process.environment().putAll(environment);
        Process started = process.start();
        String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(started.waitFor()).as(said).isZero();
        return said;
    }

    /** In a POSIX locale Java loses every file name that is not ASCII. */
    @Test
    void givesJavaALocaleThatKnowsEveryName() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/locale")), "needs locale");
        for (String locale : new String[] {"C", "POSIX", "C.UTF-8"}) {
            assertThat(launched(Map.of("LC_ALL", locale, "LANG", locale), "classify", "x"))
                    .as(locale)
                    .startsWith("charmap UTF-8\n");
        }
    }

    @Test
    void handsOptionsAndArgumentsOn() throws Exception {
        assertThat(launched(Map.of("VITRAIL_JAVA_OPTS", "-Xmx1g"), "classify", "a b", "--json"))
                .contains(" -Xmx1g ")
                .endsWith(" dev.vitrail.cli.Main classify a b --json\n");
    }
}
