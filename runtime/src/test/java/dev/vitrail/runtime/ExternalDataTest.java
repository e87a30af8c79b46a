package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.SessionConfig.WeightsCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {
    private static final SessionConfig CPU =
            SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
    private static final int BYTES = 4 * 192 * 3;

    @TempDir private Path folder;
    private final ModelFile model = new ModelFile();
    private Path models;

    @BeforeEach
    void writeWeights() throws Exception {
        models = Files.createDirectory(folder.resolve("models"));
        Files.write(models.resolve("weights.bin"), model.weightBytes());
        Files.write(folder.resolve("secret.bin"), model.weightBytes());
        model.with("vitrail.weights_sha256", model.weightsSha256());
    }

    private Path write(String location, String... more) throws Exception {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("location", location);
        entries.put("offset", "0");
        entries.put("length", Integer.toString(BYTES));
        for (int i = 0; i < more.length; i += 2) {
            entries.put(more[i], more[i + 1]);
        }
        return Files.write(models.resolve("model.onnx"), model.external(entries).toByteArray());
    }

    private void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> Classifier.open(file, CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(file + ": tensor \"head.weight\" " + message);
    }

    @Test
    void classifiesWithWeightsBesideTheModel() throws Exception {
        try (Classifier classifier = Classifier.open(write("weights.bin"), CPU)) {
            assertThat(((Classified) classifier.classify(Pictures.plain(0, 255, 0))).best().label())
                    .isEqualTo("green");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.bin",
                "a/../../secret.bin",
                "sub/weights.bin",
                "./weights.bin",
                "..\\secret.bin",
                "..",
                ".",
                "",
                " ",
                "c:secret.bin"
            })
    void refusesPlacesThatAreNoPlainName(String location) throws Exception {
        assertRefused(
                write(location),
                "has external data in \""
                        + location
                        + "\", must be a plain file name in the folder of the model");
    }

    @Test
    void refusesAbsolutePlacesAndNul() throws Exception {
        String absolute = folder.resolve("secret.bin").toString();
        assertRefused(
                write(absolute),
                "has external data in \""
                        + absolute
                        + "\", must be a plain file name in the folder of the model");
        assertRefused(
                write("weights.bin\0.safe"),
                "has external data in \"weights.bin\\u0000.safe\", must be a plain file name in the"
                        + " folder of the model");
    }

    @Test
    void refusesLinksOfBothKinds() throws Exception {
        Files.createSymbolicLink(models.resolve("soft.bin"), folder.resolve("secret.bin"));
        Files.createLink(models.resolve("hard.bin"), folder.resolve("secret.bin"));
        for (String link : new String[] {"soft.bin", "hard.bin"}) {
            assertRefused(
                    write(link),
                    "has external data in \""
                            + link
                            + "\", which is a link to another place, must be a file of its own");
        }
    }

    @Test
    void refusesFilesThatAreMissingFoldersOrShort() throws Exception {
        assertRefused(
                write("none.bin"),
                "has external data in \"none.bin\", which is missing; keep it in the folder of the"
                        + " model");
        Files.createDirectory(models.resolve("folder.bin"));
        assertRefused(
                write("folder.bin"),
                "has external data in \"folder.bin\", which is not a regular file");
        assertRefused(
                write("weights.bin", "offset", "8"),
                "needs bytes 8 to 2312 of weights.bin, which has 2304 bytes");
        assertRefused(
                write("weights.bin", "length", "999999999999999999"),
                "needs bytes 0 to 999999999999999999 of weights.bin, which has 2304 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "offset, -1",
        "length, -1",
        "length, ten",
        "length, 1e3",
        "offset, ''",
        "offset, 9223372036854775807"
    })
    void refusesSizesThatAreNoNumbersOfBytes(String key, String value) throws Exception {
        Path file = write("weights.bin", key, value);
        assertThatThrownBy(() -> Classifier.open(file, CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith(
                        file
                                + ": not a whole ONNX model: the external data of tensor"
                                + " \"head.weight\" has "
                                + key
                                + " \""
                                + value
                                + "\", must be a number of bytes");
    }

    @Test
    void refusesUnknownKeys() throws Exception {
        Path file = write("weights.bin", "__class__", "x");
        assertThatThrownBy(() -> Classifier.open(file, CPU))
                .hasMessageContaining("has the unknown key __class__");
    }

    @Test
    void noticesOneChangedByteOfExternalData() throws Exception {
        Path file = write("weights.bin");
        byte[] weights = model.weightBytes();
        weights[1000] ^= 4;
        Files.write(models.resolve("weights.bin"), weights);
        assertThatThrownBy(() -> Classifier.open(file, CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith(file + ": the weights have SHA-256 ");
        Classifier.open(file, CPU.withWeightsCheck(WeightsCheck.NEVER)).close();
    }
}
