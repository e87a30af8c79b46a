package dev.vitrail.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageListTest {
    @TempDir private Path folder;

    private static ImageFiles listed(String text, boolean nullSeparated) {
        return listed(text.getBytes(StandardCharsets.UTF_8), nullSeparated);
    }

    private static ImageFiles listed(byte[] bytes, boolean nullSeparated) {
        return ImageFiles.listed(new ByteArrayInputStream(bytes), "list.txt", nullSeparated);
    }

    private static List<String> names(ImageFiles files) {
        return IntStream.range(0, files.size()).mapToObj(files::name).toList();
    }

    @Test
    void keepsOrderDoublesAndWhatIsWritten() {
        ImageFiles files = listed("b.jpg\na/../a.jpg\n./c//d.jpg\nb.jpg\n ä 🦊.jpg", false);
        assertThat(names(files))
                .containsExactly("b.jpg", "a/../a.jpg", "./c//d.jpg", "b.jpg", " ä 🦊.jpg");
        assertThat(files.path(1)).isEqualTo(Path.of("a/../a.jpg"));
        assertThat(files.path(2)).isEqualTo(Path.of("./c/d.jpg"));
        assertThat(files.skippedLinks()).isEmpty();
    }

    @Test
    void takesTheListsOfOtherSystems() {
        assertThat(names(listed("\uFEFFa.jpg\r\n\r\n\nb.jpg\r\n", false)))
                .containsExactly("a.jpg", "b.jpg");
        assertThat(names(listed("", false))).isEmpty();
    }

    @Test
    void leavesLineEndsInPathsThatNulSeparates() {
        assertThat(names(listed("a\nb\r.jpg\0c.jpg\0\0", true)))
                .containsExactly("a\nb\r.jpg", "c.jpg");
    }

    @Test
    void refusesWhatIsNoPathWithItsLine() {
        assertThatThrownBy(() -> listed("a.jpg\0b.jpg\0", false))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(
                        "list.txt: line 1 holds a NUL byte; a list that NUL separates must be read"
                                + " as such (--null)");
        byte[] latin = "a.jpg\n\u00e4.jpg".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> listed(latin, false))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("list.txt: line 2 is not UTF-8; write the list in that encoding");
        assertThatThrownBy(() -> listed("\u00e4".getBytes(StandardCharsets.ISO_8859_1), true))
                .hasMessage("list.txt: entry 1 is not UTF-8; write the list in that encoding");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takesNamesThatAreNoText(boolean nullSeparated) throws IOException {
        byte[] name = {'b', 'a', 'd', (byte) 0xFF, ' ', (byte) 0xC3, '%', '.', 'j', 'p', 'g'};
        Path file = PathName.ofBytes(joined(folder + "/", name));
        assumeTrue(file != null, "names are texts on this system");
        Files.createFile(file);
        String end = nullSeparated ? "\0" : "\r\n";
        byte[] list = joined(folder + "/", joined(name, (end + "b.jpg" + end).getBytes(UTF_8)));
        ImageFiles files = listed(list, nullSeparated);
        assertThat(names(files)).containsExactly(folder + "/bad//ff //c3%.jpg", "b.jpg");
        assertThat(files.path(0)).isEqualTo(file).exists();
        assertThat(names(files).get(0)).isEqualTo(PathName.of(file));
    }

    @Test
    void startsAtTheWorkingFolderWhateverTheName() {
        Path path = PathName.ofBytes(joined("a/../b/", new byte[] {(byte) 0xFF}));
        assumeTrue(path != null, "names are texts on this system");
        assertThat(path.isAbsolute()).isFalse();
        assertThat(PathName.of(path)).isEqualTo("a/../b///ff");
    }

    private static byte[] joined(String start, byte[] end) {
        return joined(start.getBytes(UTF_8), end);
    }

    private static byte[] joined(byte[] start, byte[] end) {
        return ByteBuffer.allocate(start.length + end.length).put(start).put(end).array();
    }

    @Test
    void saysThatTheListCannotBeRead() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("Input/output error");
                    }
                };
        assertThatThrownBy(() -> ImageFiles.listed(broken, "list.txt", false))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("list.txt: cannot be read: Input/output error");
    }

    @Test
    void givesEveryEntryARowInItsPlace() throws Exception {
        Path red = Pictures.write(folder.resolve("red.png"), 255, 0, 0);
        Path none = folder.resolve("none.png");
        ImageFiles files = listed(red + "\n" + none + "\n" + folder + "\n" + red + "\n", false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        try (Classifier classifier =
                        Classifier.open(new ModelFile().build().toByteArray(), "m.onnx", config);
                ResultWriter writer = OutputFormat.CSV.toStream(bytes, "memory", 1)) {
            FolderOptions options = FolderOptions.defaults().withTopK(1).withBatch(3);
            new FolderClassifier(classifier, options, ProgressListener.NONE).run(files, writer);
        }
        String[] rows = bytes.toString(StandardCharsets.UTF_8).split("\r\n");
        assertThat(rows).hasSize(5);
        assertThat(rows[1]).startsWith(red + ",red,0,0.");
        assertThat(rows[2]).startsWith(none + ",,,,unreadable,");
        assertThat(rows[3])
                .isEqualTo(
                        folder + ",,,,unreadable,is a folder; a list names the files themselves");
        assertThat(rows[4]).isEqualTo(rows[1]);
    }

    @Test
    void isAnotherRunWhenTheListIsAnother() throws Exception {
        Files.createFile(folder.resolve("a.jpg"));
        SessionConfig config = SessionConfig.defaults().withProvider(Provider.CPU);
        try (Classifier classifier =
                Classifier.open(new ModelFile().build().toByteArray(), "m.onnx", config)) {
            FolderOptions options = FolderOptions.defaults();
            RunIdentity one = RunIdentity.of(classifier, options, listed("a.jpg\n", false));
            RunFile file = RunFile.of(folder.resolve("results"));
            file.write(one);
            file.require(RunIdentity.of(classifier, options, listed("a.jpg\0", true)));
            for (ImageFiles others :
                    List.of(listed("./a.jpg", false), ImageFiles.find(List.of(folder)))) {
                RunIdentity other = RunIdentity.of(classifier, options, others);
                assertThatThrownBy(() -> file.require(other))
                        .hasMessageContaining(": the images found are others;");
            }
        }
    }
}
