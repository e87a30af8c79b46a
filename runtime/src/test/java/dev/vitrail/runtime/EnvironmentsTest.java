package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EnvironmentsTest {

    /** The applications that embed this module have class paths of many kilobytes. */
    @Test
    void aLongCommandLineDoesNotEndTheProcess() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String path = System.getProperty("java.class.path") + ":/none".repeat(10_000);
        ProcessBuilder builder = new ProcessBuilder(java, "-cp", path, Child.class.getName());
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        Process child = builder.redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(said).isZero();
        assertThat(said).contains("ONNX Runtime 1.");
    }

    /** What the other process runs. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            System.out.println(ProviderStatus.all().get(0).reason());
        }
    }
}
