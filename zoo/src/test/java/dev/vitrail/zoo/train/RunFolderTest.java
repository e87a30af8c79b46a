package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

    @TempDir Path folder;

    /** Locks a file, says so, and waits to be ended. */
    public static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            try (FileChannel channel =
                    FileChannel.open(
                            Path.of(args[0]),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.write('x');
                System.out.flush();
                System.in.read();
            }
        }
    }

    @Test
    void refusesAFolderThatAnotherProcessHasAndTakesItOnceThatIsGone() throws Exception {
        Process other =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                RunFolderTest.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath(),
                                Holder.class.getName(),
                                folder.resolve(RunFolder.LOCK).toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('x');
            assertThatThrownBy(() -> RunFolder.take(folder, false))
                    .isInstanceOf(ZooException.class)
                    .hasMessageContaining("another training is writing to it");
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(folder.resolve(RunFolder.LOCK)).exists();
        RunFolder.take(folder, false).close();
        assertThat(folder.resolve(RunFolder.LOCK)).doesNotExist();
        assertThat(folder).exists();
    }

    @Test
    void leavesWhatItFound() throws IOException {
        Files.writeString(folder.resolve("model.safetensors"), "weights");
        RunFolder.take(folder, true).close();
        assertThat(folder.resolve("model.safetensors")).hasContent("weights");
    }
}
