package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens damaged models in a process of its own: ONNX Runtime 1.24.1 died of one in 12,000, and a
 * death there must be a failed test here, not the end of all tests.
 */
@Tag("slow")
class DamagedModelsTest {
    private static final int MODELS = 20_000;

    @TempDir private Path folder;

    @Test
    @Timeout(900)
    void survivesDamagedModels() throws Exception {
        Path output = folder.resolve("output.txt");
        Process child =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Xmx256m",
                                        "-XX:ErrorFile=" + folder.resolve("death.log"),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        DamagedModelsTest.class.getName(),
                                        Integer.toString(MODELS)))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(child.waitFor(850, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("%s", output).isZero();
        assertThat(output).content().contains("opened and refused " + MODELS);
    }

    /**
     * Opens as many damaged models as asked for; anything but our own refusal ends with a trace.
     */
    public static void main(String[] arguments) {
        byte[] whole = new ModelFile().build().toByteArray();
        // Weights fill most of a file and any bytes will do there; the rest is where it hurts.
        int weights = new ModelFile().weightBytes().length;
        Random random = new Random(13);
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        int done = 0;
        for (; done < Integer.parseInt(arguments[0]); done++) {
            byte[] damaged = whole.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                int place = random.nextInt(damaged.length - weights);
                damaged[place < 200 ? place : place + weights] = (byte) random.nextInt(256);
            }
            try (Classifier classifier = Classifier.open(damaged, "damaged", config)) {
                classifier.classify(Pictures.plain(1, 2, 3));
            } catch (RuntimeFailure e) {
                if (e.getMessage().contains("\n")) {
                    throw new IllegalStateException("more than one line", e);
                }
            }
        }
        System.out.println("opened and refused " + done);
    }
}
