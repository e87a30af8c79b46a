package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
    @TempDir private Path folder;

    private Path file(String name) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private static List<String> names(ImageFiles files) {
        return IntStream.range(0, files.size()).mapToObj(files::name).toList();
    }

    @Test
    void findsImagesRecursivelyInByteOrder() throws Exception {
        for (String name :
                List.of(
                        "b.JPG",
                        "a/z.jpeg",
                        "a.png",
                        "a/b/c.webp",
                        "B.gif",
                        "ä.bmp",
                        "a-1.tif",
                        "x.tiff")) {
            file(name);
        }
        for (String name : List.of("notes.txt", "jpg", ".hidden.jpg", ".git/x.jpg", "a.jpg.bak")) {
            file(name);
        }
        Files.createDirectory(folder.resolve("folder.jpg"));
        file("folder.jpg/inside.png");

        // As LC_ALL=C sort orders them: '-' is below '.', '.' below '/'.
        assertThat(names(ImageFiles.find(List.of(folder))))
                .containsExactly(
                        "B.gif",
                        "a-1.tif",
                        "a.png",
                        "a/b/c.webp",
                        "a/z.jpeg",
                        "b.JPG",
                        "folder.jpg/inside.png",
                        "x.tiff",
                        "ä.bmp");
    }

    @Test
    void takesFilesAsArgumentsWhateverTheirNameAndEachPathOnce() throws Exception {
        Path odd = file("sub/picture");
        Path image = file("sub/a.jpg");
        Path sub = folder.resolve("sub");
        ImageFiles files = ImageFiles.find(List.of(odd, sub, image, sub, folder.resolve("sub")));
        assertThat(names(files)).containsExactly(image.toString(), odd.toString());
        assertThat(files.path(0)).isEqualTo(image);
        assertThat(names(ImageFiles.find(List.of(odd)))).containsExactly(odd.toString());
        assertThat(names(ImageFiles.find(List.of(folder, sub)))).containsExactly(image.toString());
    }

    @Test
    void refusesMissingArguments() {
        Path missing = folder.resolve("none");
        assertThatThrownBy(() -> ImageFiles.find(List.of(folder, missing)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(missing + ": no such file or folder");
        assertThatThrownBy(() -> ImageFiles.find(List.of())).isInstanceOf(RuntimeFailure.class);
        assertThat(ImageFiles.find(List.of(folder)).size()).isZero();
    }

    @Test
    void followsLinksOnceAndEndsInLoops() throws Exception {
        Path real = file("a/photo.jpg");
        Path elsewhere = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-x"));
        try {
            Files.createFile(elsewhere.resolve("far.jpg"));
            Files.createSymbolicLink(elsewhere.resolve("back"), folder);
            Files.createSymbolicLink(folder.resolve("loop"), folder);
            Files.createSymbolicLink(folder.resolve("self.jpg"), Path.of("self.jpg"));
            Files.createSymbolicLink(folder.resolve("dangling.jpg"), Path.of("nowhere"));
            Files.createSymbolicLink(folder.resolve("file.jpg"), real);
            Files.createSymbolicLink(folder.resolve("0-other"), elsewhere);
            Files.createSymbolicLink(folder.resolve("1-other"), elsewhere);
            Files.createSymbolicLink(folder.resolve("0-a"), folder.resolve("a"));

            ImageFiles files = ImageFiles.find(List.of(folder));
            assertThat(names(files))
                    .containsExactly(
                            "0-other/far.jpg",
                            "a/photo.jpg",
                            "dangling.jpg",
                            "file.jpg",
                            "self.jpg");
            assertThat(files.skippedLinks())
                    .containsExactlyInAnyOrder(
                            folder.resolve("0-a"),
                            folder.resolve("1-other"),
                            folder.resolve("loop"),
                            folder.resolve("0-other/back"));
        } finally {
            Files.delete(elsewhere.resolve("far.jpg"));
            Files.delete(elsewhere.resolve("back"));
            Files.delete(elsewhere);
        }
    }

    @Test
    void keepsFoldersThatCannotBeListed() throws Exception {
        file("a.jpg");
        Path closed = Files.createDirectory(folder.resolve("closed"));
        file("d.jpg");
        closed.toFile().setReadable(false);
        try {
            assumeTrue(!Files.isReadable(closed), "root may read everything");
            assertThat(names(ImageFiles.find(List.of(folder))))
                    .containsExactly("a.jpg", "closed", "d.jpg");
        } finally {
            closed.toFile().setReadable(true);
        }
    }

    @Test
    void writesAnyNameAsReversibleText() throws Exception {
        List<String> names =
                List.of(
                        "-dash.jpg",
                        "=1+1.jpg",
                        "a \"b\", c.jpg",
                        "line\nbreak.jpg",
                        "🦊.jpg",
                        "\uFFFD.jpg");
        for (String name : names) {
            file(name);
        }
        // The only way to make such a path in Java: the bytes of a URI.
        byte[] start = folder.toUri().toString().getBytes(StandardCharsets.US_ASCII);
        Path invalid =
                Path.of(
                        URI.create(
                                new String(start, StandardCharsets.US_ASCII) + "bad%FFx%C3.jpg"));
        Files.createFile(invalid);

        List<String> expected = new ArrayList<>(names);
        expected.add("bad//ffx//c3.jpg");
        ImageFiles files = ImageFiles.find(List.of(folder));
        assertThat(names(files)).containsExactlyInAnyOrderElementsOf(expected);
        int index = names(files).indexOf("bad//ffx//c3.jpg");
        assertThat(Files.exists(files.path(index))).isTrue();
    }

    @Test
    void opensPathsOfNamesOf255Bytes() throws Exception {
        char[] letters = new char[251];
        Arrays.fill(letters, 'n');
        file(new String(letters) + ".jpg");
        ImageFiles files = ImageFiles.find(List.of(folder));
        assertThat(Files.exists(files.path(0))).isTrue();
    }

    /** What {@code LC_ALL=C sort} would say, for names around the separator in order of bytes. */
    @Test
    void ordersFoldersAmongNamesThatDifferAtTheSeparator() throws Exception {
        List<String> expected = new ArrayList<>();
        for (String name :
                List.of("a", "a!", "a-", "a-/a", "a.", "a/a", "a/a-", "a/a/a", "a0", "a0/b", "b")) {
            for (String end : List.of(".png", "!.jpg", "~.gif")) {
                expected.add(name + end);
            }
        }
        for (String name : List.of("a.png/in.png", "a!/x.png", "a!/!.png", "c/c/c/c.png")) {
            expected.add(name);
        }
        expected.remove("a.png");
        for (String name : expected) {
            file(name);
        }
        expected.sort(
                (one, other) ->
                        Arrays.compareUnsigned(
                                one.getBytes(StandardCharsets.UTF_8),
                                other.getBytes(StandardCharsets.UTF_8)));
        assertThat(names(ImageFiles.find(List.of(folder)))).isEqualTo(expected);

        Path a = folder.resolve("a");
        List<Path> arguments =
                List.of(folder.resolve("c"), folder.resolve("a!"), a, folder.resolve("a!.jpg"));
        assertThat(names(ImageFiles.find(arguments)))
                .containsExactly(
                        folder + "/a!.jpg",
                        folder + "/a!/!.png",
                        folder + "/a!/x.png",
                        folder + "/a/a!.jpg",
                        folder + "/a/a-!.jpg",
                        folder + "/a/a-.png",
                        folder + "/a/a-~.gif",
                        folder + "/a/a.png",
                        folder + "/a/a/a!.jpg",
                        folder + "/a/a/a.png",
                        folder + "/a/a/a~.gif",
                        folder + "/a/a~.gif",
                        folder + "/c/c/c/c.png");
    }

    @Test
    void prefersRealFoldersToLinksThatComeBeforeThem() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-x"));
        try {
            Files.createDirectories(elsewhere.resolve("z"));
            Files.createFile(elsewhere.resolve("z/z.png"));
            Files.createSymbolicLink(elsewhere.resolve("a"), Path.of("z"));
            Files.createSymbolicLink(folder.resolve("link"), elsewhere);
            file("real/sub/a.png");
            file(".hidden/b.png");
            Files.createSymbolicLink(folder.resolve("before"), Path.of("real/sub"));
            Files.createSymbolicLink(folder.resolve("seen"), Path.of(".hidden"));
            ImageFiles files = ImageFiles.find(List.of(folder));
            assertThat(names(files))
                    .containsExactly("link/z/z.png", "real/sub/a.png", "seen/b.png");
            assertThat(files.skippedLinks())
                    .containsExactly(folder.resolve("before"), folder.resolve("link/a"));
        } finally {
            Files.delete(elsewhere.resolve("z/z.png"));
            Files.delete(elsewhere.resolve("z"));
            Files.delete(elsewhere.resolve("a"));
            Files.delete(elsewhere);
        }
    }

    @Test
    void handsOutImagesBeforeLaterFoldersAreListed() throws Exception {
        file("a/1.png");
        file("a/2.png");
        file("b/3.png");
        List<String> found = new ArrayList<>();
        new ImageWalk(
                        folder,
                        path -> {
                            found.add(path.toString());
                            if (found.size() == 1) {
                                createLate();
                            }
                        },
                        link -> {})
                .walk(List.of(folder));
        assertThat(found).containsExactly("a/1.png", "a/2.png", "b/3.png", "b/late.png");
    }

    private void createLate() {
        try {
            file("b/late.png");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void saysThatThereAreNotSoMany() throws Exception {
        file("a.png");
        ImageFiles files = ImageFiles.find(List.of(folder));
        assertThat(files.isEmpty()).isFalse();
        assertThatThrownBy(() -> files.name(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(
                        ImageFiles.find(List.of(Files.createDirectory(folder.resolve("none"))))
                                .isEmpty())
                .isTrue();
    }
}
