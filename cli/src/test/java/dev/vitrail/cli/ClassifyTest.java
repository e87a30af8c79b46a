package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where {@code vitrail classify} takes images from and what it makes of its rows. */
class ClassifyTest {
    private static final Path TEST_IMAGES =
            Path.of(System.getProperty("vitrail.root"), "test-images");
    private static final Path STAR = TEST_IMAGES.resolve("star/0001.png");
    private static final Path RING = TEST_IMAGES.resolve("ring/0001.png");

    private static final Path SHIPPED =
            Path.of("cli/src/main/resources/dev/vitrail/cli/shapes.onnx");

    @TempDir private Path folder;

    private static Command classify(Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "classify";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Command.run(all);
    }

    private static void refused(Command command, String... words) {
        assertThat(command.exitCode()).as(command.err()).isEqualTo(2);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains(words);
    }

    @Test
    void takesTheImagesOfAListInItsOrder() throws Exception {
        Path list = folder.resolve("list.txt");
        Files.writeString(list, STAR + "\nnowhere.png\n" + RING + "\n" + STAR + "\n");
        Command command = classify("--list", list, "--top-k", 1);
        assertThat(command.exitCode()).as(command.err()).isZero();
        List<String> rows = command.out().lines().toList();
        assertThat(rows).hasSize(4);
        assertThat(rows.get(0)).startsWith("{\"path\":\"" + STAR + "\",");
        assertThat(rows.get(1)).startsWith("{\"path\":\"nowhere.png\",\"error\":{");
        assertThat(rows.get(2)).startsWith("{\"path\":\"" + RING + "\",");
        assertThat(rows.get(3)).isEqualTo(rows.get(0));
        assertThat(command.err()).contains("4 images: 3 classified, 1 failed");
    }

    /** The last run of nine images is one of a single image in batches of 2, 4 and 8. */
    @Test
    void givesTheSameLogitsInBatchesOfAnySizeFromTwoOn() throws Exception {
        Path list = folder.resolve("nine.txt");
        Files.writeString(list, (STAR + "\n" + RING + "\n" + STAR + "\n").repeat(3));
        List<String> rows =
                IntStream.of(2, 3, 4, 8)
                        .mapToObj(n -> classify("--list", list, "--scores", "logits", "--batch", n))
                        .map(Command::out)
                        .toList();
        assertThat(rows.get(0).lines()).hasSize(9);
        assertThat(rows).containsOnly(rows.get(0));
    }

    @Test
    void takesTheListFromStandardInput() {
        InputStream before = System.in;
        try {
            String list = STAR + "\0" + RING + "\0";
            System.setIn(new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)));
            Command command = classify("--list", "-", "--null", "--format", "csv");
            assertThat(command.exitCode()).as(command.err()).isZero();
            assertThat(command.out().lines().skip(1).map(row -> row.split(",")[0]))
                    .containsExactly(STAR.toString(), RING.toString());
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void refusesInputThatIsUnclear() throws Exception {
        Path list = Files.writeString(folder.resolve("list.jsonl"), STAR + "\n");
        refused(classify(), "no image is given; name a PATH, or a list with --list");
        refused(classify(STAR, "--null"), "--null is about --list, which is not given");
        refused(classify(STAR, "--list", list), "exclude each other");
        refused(classify("--list", folder), "is a folder, a file is expected");
        refused(classify("--list", folder.resolve("no")), "no such file or folder");
        refused(classify("--list", list, "--out", list, "--overwrite"), "is also an input");
        assertThat(list).hasContent(STAR.toString());
    }

    @Test
    void marksAndCountsTheUnsure() {
        // No network is as sure as 1 of all, nor as unsure as 1e-9 of one.
        Command all = classify(TEST_IMAGES, "--threshold", 1);
        assertThat(all.exitCode()).as(all.err()).isZero();
        long unsure = all.out().lines().filter(row -> row.endsWith(",\"unsure\":true}")).count();
        long sure = all.out().lines().filter(row -> row.endsWith(",\"unsure\":false}")).count();
        assertThat(unsure).isPositive();
        assertThat(unsure + sure).isEqualTo(80);
        assertThat(all.err())
                .contains("80 images: 80 classified (" + unsure + " unsure), 0 failed");
        Command none = classify(STAR, "--threshold", 1e-9, "--json");
        assertThat(none.out()).contains("\"unsure\":false}", "\"unsure\":0");
        assertThat(classify(STAR, "--json").out()).doesNotContain("unsure");
        for (String wrong : List.of("0", "-0.1", "1.01", "NaN")) {
            refused(classify(STAR, "--threshold", wrong), "must be above 0 and at most 1");
        }
    }

    @Test
    void printsLogitsWhereTheyAreAskedFor() throws Exception {
        assertThat(classify(STAR, "--scores", "logits").out())
                .contains("\"logit\":")
                .doesNotContain("probability");
        assertThat(classify(STAR, "--scores", "probabilities").out())
                .isEqualTo(classify(STAR).out());
        assertThat(classify(STAR, "--scores", "logits", "--format", "csv").out())
                .startsWith("path,label_1,index_1,logit_1,");
        assertThat(classify(STAR, "--scores", "logits", "--format", "text").out())
                .contains("star ")
                .doesNotContain("%");
        refused(classify(STAR, "--scores", "softmax"), "--scores", "probabilities, logits");
        refused(
                classify(STAR, "--scores", "logits", "--report", folder.resolve("r.html")),
                "--report shows probabilities; leave out --scores logits");
    }

    @Test
    void writesTheSameTableToAFileAndToStandardOutput() throws Exception {
        Path out = folder.resolve("rows.parquet");
        Command command = classify(TEST_IMAGES, "--out", out, "--top-k", 2);
        assertThat(command.exitCode()).as(command.err()).isZero();
        // What is in it, a test of the runtime reads.
        assertThat(Files.readString(out, StandardCharsets.ISO_8859_1))
                .startsWith("PAR1")
                .contains("probability_2")
                .endsWith("PAR1");
        Command piped = classify(TEST_IMAGES, "--format", "parquet", "--top-k", 2);
        assertThat(piped.out())
                .isEqualTo(new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
        refused(classify(STAR, "--out", out), "exists already");
    }

    @Test
    void decodesFastWhereThatIsAskedFor() throws Exception {
        BufferedImage small = ImageIO.read(STAR.toFile());
        BufferedImage large = new BufferedImage(400, 400, BufferedImage.TYPE_INT_RGB);
        large.createGraphics().drawImage(small, 0, 0, 400, 400, null);
        Path photo = Files.createDirectories(folder.resolve("photos/star")).resolve("a.jpg");
        ImageIO.write(large, "jpg", photo.toFile());
        Command exact = classify(photo, "--top-k", 1);
        Command fast = classify(photo, "--top-k", 1, "--fast-decode");
        assertThat(fast.exitCode()).as(fast.err()).isZero();
        assertThat(fast.out()).contains("\"label\":\"star\"").isNotEqualTo(exact.out());
        assertThat(exact.out()).contains("\"label\":\"star\"");
        Path model = Path.of(System.getProperty("vitrail.root")).resolve(SHIPPED);
        Path photos = folder.resolve("photos");
        Command exactly = Command.run("evaluate", "--model", model, "--data", photos, "--json");
        Command faster =
                Command.run(
                        "evaluate", "--model", model, "--data", photos, "--json", "--fast-decode");
        assertThat(faster.exitCode()).as(faster.err()).isZero();
        assertThat(faster.out()).contains("\"top1\": 1.0").isNotEqualTo(exactly.out());
        assertThat(exactly.out()).contains("\"top1\": 1.0");
    }

    @Test
    void sortsImagesIntoTheFoldersOfTheirClasses() throws Exception {
        Path sorted = folder.resolve("sorted");
        Path text = Files.writeString(folder.resolve("text.jpg"), "no picture");
        Command command = classify(STAR, RING, text, "--sort-into", sorted, "--top-k", 1);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(sorted.resolve("star/0001.png")).hasSameBinaryContentAs(STAR).isSymbolicLink();
        assertThat(sorted.resolve("ring/0001.png")).hasSameBinaryContentAs(RING);
        assertThat(sorted.resolve("failed/text.jpg")).hasContent("no picture");
        Path copies = folder.resolve("copies");
        classify(STAR, "--sort-into", copies, "--sort-mode", "copy", "--threshold", 1);
        try (var tree = Files.walk(copies)) {
            assertThat(tree.filter(Files::isRegularFile).map(copies::relativize).toList())
                    .containsAnyOf(Path.of("unsure/0001.png"), Path.of("star/0001.png"))
                    .hasSize(1);
        }
    }

    @Test
    void refusesFoldersThatCannotBeSortedInto() throws Exception {
        Path images = Files.createDirectories(folder.resolve("images"));
        Path file = Files.writeString(folder.resolve("file"), "");
        refused(classify(images, "--sort-mode", "copy"), "--sort-into, which is not given");
        refused(classify(images, "--sort-into", file), "is a file, a folder is expected");
        refused(classify(images, "--sort-into", images), "must be outside");
        refused(classify(images, "--sort-into", images.resolve("new")), "must be outside");
        refused(classify(images, "--sort-into", folder.resolve("a/b")), "does not exist; make it");
        refused(classify(images, "--sort-into", folder, "--sort-mode", "move"), "LINK, COPY");
        assertThat(images).isEmptyDirectory();
    }

    @Test
    void makesAPageOfAllRows() throws Exception {
        Path report = folder.resolve("report.html");
        Path out = folder.resolve("rows.csv");
        Command command = classify(TEST_IMAGES, "--out", out, "--report", report);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.err()).contains("report in " + report);
        assertThat(Files.readString(report)).contains("\"star/0001.png\"").endsWith("</html>\n");
        // The rows are those of a run without a report.
        assertThat(classify(TEST_IMAGES, "--format", "csv").out()).isEqualTo(Files.readString(out));

        refused(classify(STAR, "--report", report), "exists already", "--overwrite");
        refused(classify(STAR, "--report", folder.resolve("r.pdf")), "must end in .html");
        refused(classify(report, "--report", report, "--overwrite"), "is also an input");
    }
}
