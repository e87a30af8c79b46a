package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    @TempDir Path root;

    @Test
    void numbersClassesByCodePointsOfTheirNames() throws IOException {
        // U+1F431 is written with surrogates, which sort below U+FF21 as UTF-16 units.
        for (String name :
                List.of("zebra", "Äpfel", "10", "9", "\uD83D\uDC31", "\uFF21", "Zebra")) {
            file(name, "a.png");
        }
        assertThat(ImageFolder.read(root).classes())
                .containsExactly("10", "9", "Zebra", "zebra", "Äpfel", "\uFF21", "\uD83D\uDC31");
    }

    @Test
    void listsImagesInTheOrderOfTheirPaths() throws IOException {
        file("a", "b.JPG");
        file("a", "B.png");
        file("a", "a/z.webp");
        file("b", "1.bmp");
        ImageFolder folder = ImageFolder.read(root);
        assertThat(folder.images())
                .containsExactly(
                        new LabelledImage(root.resolve("a/B.png"), 0),
                        new LabelledImage(root.resolve("a/a/z.webp"), 0),
                        new LabelledImage(root.resolve("a/b.JPG"), 0),
                        new LabelledImage(root.resolve("b/1.bmp"), 1));
    }

    @Test
    void skipsLinksThatLeadBackToAFolderAboveThem() throws IOException {
        file("a", "a.png");
        file("b", "below/b.png");
        Files.createSymbolicLink(root.resolve("b/below/loop"), root.resolve("b"));
        assertThat(ImageFolder.read(root).images())
                .extracting(LabelledImage::path)
                .containsExactly(root.resolve("a/a.png"), root.resolve("b/below/b.png"));
    }

    @Test
    void namesAFolderThatCannotBeListed() throws IOException {
        file("a", "a.png");
        file("b", "b.png");
        // Permissions do not bind every user; the system's longest path does. It cannot be made in
        // one piece either, so the lower half is moved under the upper one.
        Path upper = Files.createDirectories(deep(root.resolve("b/deep")));
        Path lower = root.resolve(".lower");
        Files.createDirectories(deep(lower));
        Files.move(lower, upper.resolve("lower"));
        try {
            assertThatThrownBy(() -> ImageFolder.read(root))
                    .isInstanceOf(ZooException.class)
                    .hasMessageContaining("lower")
                    .hasMessageEndingWith(": cannot be listed (File name too long)");
        } finally {
            Files.move(upper.resolve("lower"), lower);
        }
    }

    private static Path deep(Path folder) {
        Path path = folder;
        for (int i = 0; i < 15; i++) {
            path = path.resolve("x".repeat(200));
        }
        return path;
    }

    @Test
    void skipsHiddenFilesAndWhatIsNoImage() throws IOException {
        file("a", "a.png");
        file("b", "b.png");
        file("a", ".hidden.png");
        file("a", "notes.txt");
        file("a", ".cache/c.png");
        file(".git", "d.png");
        Files.createFile(root.resolve("stray.png"));
        Files.createDirectory(root.resolve("a/folder.png"));
        ImageFolder folder = ImageFolder.read(root);
        assertThat(folder.classes()).containsExactly("a", "b");
        assertThat(folder.images()).hasSize(2);
    }

    @Test
    void namesTheFolderThatIsMissing() {
        assertRefused(() -> ImageFolder.read(root.resolve("nowhere")), "nowhere: no such folder");
    }

    @Test
    void refusesAFileInPlaceOfTheFolder() throws IOException {
        Path file = Files.createFile(root.resolve("photos.zip"));
        assertRefused(() -> ImageFolder.read(file), "photos.zip: is not a folder");
    }

    @Test
    void refusesAFolderWithoutClasses() throws IOException {
        Files.createFile(root.resolve("a.png"));
        assertRefused(() -> ImageFolder.read(root), "holds no class folders; expected one folder");
    }

    @Test
    void refusesClassFoldersWithoutAnyImage() throws IOException {
        file("a", "a.txt");
        file("b", "b.txt");
        assertRefused(() -> ImageFolder.read(root), "no pictures in any of its 2 folders");
    }

    @Test
    void namesAnEmptyClassFolder() throws IOException {
        file("a", "a.png");
        Files.createDirectory(root.resolve("empty"));
        assertRefused(() -> ImageFolder.read(root), "empty: class folder without a picture");
    }

    @Test
    void refusesTheFolderAboveThePartsOfADataSet() throws IOException {
        file("train/cat", "a.png");
        file("Val/cat", "b.png");
        assertRefused(
                () -> ImageFolder.read(root),
                "its folders \"Val\", \"train\" look like parts of a data set, not like classes");
        file("bus", "c.png");
        assertThat(ImageFolder.read(root).classes()).containsExactly("Val", "bus", "train");
    }

    @Test
    void refusesASingleClass() throws IOException {
        file("only", "a.png");
        assertRefused(() -> ImageFolder.read(root), "one class folder only (\"only\")");
    }

    @Test
    void refusesAValidationClassThatTrainingDoesNotKnow() throws IOException {
        file("a", "a.png");
        file("c", "c.png");
        assertRefused(
                () -> ImageFolder.read(root, List.of("a", "b")),
                "class folder \"c\" is not among the 2 classes that the model knows: \"a\", \"b\"");
    }

    @Test
    void numbersAValidationFolderAsTraining() throws IOException {
        file("c", "c.png");
        ImageFolder folder = ImageFolder.read(root, List.of("a", "b", "c"));
        assertThat(folder.images()).containsExactly(new LabelledImage(root.resolve("c/c.png"), 2));
    }

    @Test
    void splitsEveryClassInTheSameShare() throws IOException {
        for (int i = 0; i < 20; i++) {
            file("a", i + ".png");
        }
        for (int i = 0; i < 10; i++) {
            file("b", i + ".png");
        }
        file("c", "1.png");
        file("c", "2.png");
        ImageFolder folder = ImageFolder.read(root);
        ImageFolder.Split split = folder.split(0.2, 1);
        assertThat(count(split.validation(), 0)).isEqualTo(4);
        assertThat(count(split.validation(), 1)).isEqualTo(2);
        assertThat(count(split.validation(), 2)).isEqualTo(1);
        Set<LabelledImage> held = Set.copyOf(split.validation().images());
        assertThat(split.training().images()).doesNotContainAnyElementsOf(held).hasSize(25);
        assertThat(split).isEqualTo(folder.split(0.2, 1)).isNotEqualTo(folder.split(0.2, 2));
    }

    @Test
    void refusesToSplitAClassOfOneImage() throws IOException {
        file("a", "a.png");
        file("a", "b.png");
        file("single", "a.png");
        assertRefused(
                () -> ImageFolder.read(root).split(0.2, 0),
                "single: holds 1 picture; a class needs at least two");
    }

    @Test
    void namesAClassOfWhichNothingIsLeft() throws IOException {
        file("a", "a.png");
        Path bad = file("b", "b.png");
        assertRefused(
                () -> ImageFolder.read(root).without(Set.of(bad)),
                "b: none of its 1 pictures can be decoded");
    }

    private Path file(String className, String name) throws IOException {
        Path file = root.resolve(className).resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private static long count(ImageFolder folder, int label) {
        return folder.images().stream()
                .collect(Collectors.groupingBy(LabelledImage::label, Collectors.counting()))
                .getOrDefault(label, 0L);
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ZooException.class).hasMessageContaining(message);
    }
}
