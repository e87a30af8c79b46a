package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected are the folders' own lists, which say the same, and RFC 4180. */
class CsvDatasetTest {

    @TempDir Path root;

    @BeforeEach
    void makePictures() throws IOException {
        for (String name : List.of("cat/1.png", "cat/a,b \"c\".png", "dog/猫.png", "dog/z.png")) {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path,label\ncat/1.png,cat\n\"cat/a,b \"\"c\"\".png\",cat\ndog/猫.png,dog\n"
                        + "dog/z.png,dog\n",
                // Windows' line ends, a mark, other columns and names, no order, no last line end.
                "\ufeffLabel,width,FileName\r\ndog,7,dog/z.png\r\ncat,,\"cat/a,b \"\"c\"\".png\""
                        + "\r\n\r\ncat,1,cat/1.png\r\ndog,2,dog/猫.png",
                "dog/猫.png,dog\n\"cat/a,b \"\"c\"\".png\",cat\ncat/1.png,cat\ndog/z.png,dog\n"
            })
    void saysTheSameAsFolders(String csv) throws IOException {
        ImageFolder folders = ImageFolder.read(root);
        ImageFolder named = ImageFolder.read(csv(csv));

        assertThat(named.classes()).isEqualTo(folders.classes());
        assertThat(named.images()).isEqualTo(folders.images());
        assertThat(named.images().stream().map(named::pathBelow))
                .isEqualTo(folders.images().stream().map(folders::pathBelow).toList());
        assertThat(ImageFolder.unlabelled(csv(csv)).images())
                .isEqualTo(ImageFolder.unlabelled(root).images());
    }

    @Test
    void readsAbsolutePathsAsTheyAre() throws IOException {
        Path cat = root.resolve("cat/1.png").toAbsolutePath();
        ImageFolder named = ImageFolder.read(csv("path,label\n" + cat + ",c\ndog/z.png,d\n"));
        assertThat(named.images().get(0).path()).isEqualTo(cat);
    }

    @Test
    void readsPathsWithoutLabelsWhereTheseAreNotLookedAt() throws IOException {
        assertThat(ImageFolder.unlabelled(csv("path\ncat/1.png\ndog/z.png\n")).images())
                .extracting(LabelledImage::label)
                .containsExactly(0, 0);
    }

    @Test
    void numbersLabelsAsTheModelDoes() throws IOException {
        List<String> classes = List.of("ape", "dog", "cat");
        assertThat(ImageFolder.read(csv("cat/1.png,cat\n"), classes).images())
                .containsExactly(new LabelledImage(root.resolve("cat/1.png"), 2));
        assertThatThrownBy(() -> ImageFolder.read(csv("dog/z.png,dog\ncat/1.png,lion\n"), classes))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("label \"lion\"")
                .hasMessageContaining("\"ape\", \"dog\", \"cat\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "'' | names no picture",
                "path,label | names no picture",
                "path,label;cat/1.png,cat;cat/none.png,cat | line 3: ",
                "path,label;cat/1.png,cat;cat/none.png,cat | no such file",
                "path,label;cat,cat;cat/1.png,dog | is a folder",
                "path,label;cat/1.png,cat;cat/../cat/1.png,dog | line 3: ",
                "path,label;cat/1.png,cat;cat/../cat/1.png,dog | in line 2 already as \"cat\"",
                "path,label;cat/1.png,cat;dog/z.png,cat | has one label only (\"cat\")",
                "path,label;cat/1.png | line 2: has 1 field, must have at least 2",
                "path,label;cat/1.png,  | line 2: has no label",
                "path,label;,cat | line 2: has no path",
                "path,file,label;cat/1.png,,cat | both a column \"path\" and \"file\"",
                "id,kind;cat/1.png,cat | has the columns id, kind; expected a first line",
                "cat/1.png | has the columns cat/1.png; expected a first line",
                "path,label;\"cat/1.png,cat | is not CSV: a field that begins with a double quote",
                "path,label;\"cat/1.png\"x,cat | line 2: is not CSV: behind the closing double",
            })
    void refusesNamingTheLine(String csv, String part) throws IOException {
        Path file = csv(csv.replace(';', '\n'));
        assertThatThrownBy(() -> ImageFolder.read(file))
                .isInstanceOf(ZooException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(part);
    }

    @Test
    void refusesWhatIsNotUtf8() throws IOException {
        Path file = root.resolve("latin.csv");
        Files.write(file, "path,label\n\u00e4.png,x\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ImageFolder.read(file))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("is not text in UTF-8");
    }

    private Path csv(String text) throws IOException {
        return Files.writeString(root.resolve("pictures.csv"), text);
    }
}
