package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

    /** Written by TensorBoard 2.21: RecordWriter over Event messages of the same content. */
    private static final String VERSION =
            "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9";

    private static final String START =
            "100000000000000095fbfe180900001040fc54d94110ac023a0208016b3b88f1";
    private static final String SCALARS =
            "3d000000000000006049f1ec0900001040fc54d94110ac022a2f0a110a0a747261696e2f6c6f7373"
                    + "150000003f0a1a0a13747261696e2f6c6561726e696e675f72617465156f12833a34763761";

    @TempDir Path folder;
    private Map<String, Double> scalars;

    @BeforeEach
    void scalars() {
        scalars = new LinkedHashMap<>();
        scalars.put("train/loss", 0.5);
        scalars.put("train/learning_rate", 1e-3);
    }

    @Test
    void writesTheBytesOfTensorBoard() throws IOException {
        try (EventFile file = EventFile.create(folder, OptionalLong.of(300), CLOCK)) {
            file.append(300, scalars);
        }
        assertThat(EventFile.in(folder))
                .containsExactly(folder.resolve("events.out.tfevents.1700000000.vitrail"));
        assertThat(content()).isEqualTo(VERSION + START + SCALARS);
    }

    @Test
    void beginsAFileBehindTheOthers() throws IOException {
        EventFile.create(folder, OptionalLong.empty(), CLOCK).close();
        EventFile.create(folder, OptionalLong.empty(), CLOCK).close();
        assertThat(EventFile.in(folder))
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "events.out.tfevents.1700000000.vitrail",
                        "events.out.tfevents.1700000001.vitrail");
    }

    @Test
    void cutsWhatIsNotWantedAndWhatIsTornOrDamaged() throws IOException {
        Path file = folder.resolve("events.out.tfevents.1700000000.vitrail");
        byte[] whole = HexFormat.of().parseHex(VERSION + SCALARS + SCALARS);
        int oneRecord = SCALARS.length() / 2;
        Files.write(file, whole);
        EventFile.cut(file, entry -> true);
        assertThat(content()).isEqualTo(VERSION + SCALARS + SCALARS);
        EventFile.cut(file, entry -> !entry.tag().equals(Optional.of("train/loss")));
        assertThat(content()).isEqualTo(VERSION);
        for (int torn = 1; torn < oneRecord; torn++) {
            Files.write(file, Arrays.copyOf(whole, whole.length - torn));
            EventFile.cut(file, entry -> entry.step() == 0 || entry.step() == 300);
            assertThat(content()).as("torn by %d", torn).isEqualTo(VERSION + SCALARS);
        }
        for (int at = whole.length - oneRecord; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 16;
            Files.write(file, flipped);
            EventFile.cut(file, entry -> true);
            assertThat(content()).as("changed at %d", at).isEqualTo(VERSION + SCALARS);
        }
    }

    private String content() throws IOException {
        List<Path> files = EventFile.in(folder);
        return HexFormat.of().formatHex(Files.readAllBytes(files.get(0)));
    }
}
