package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.Classified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts every image into the folder of its best class as well, before another writer gets its row.
 *
 * <ul>
 *   <li>Folders are named after the labels, made into names that every system takes: no separators,
 *       no name that Windows reserves, none that differs only in capitals. {@value #UNSURE} and
 *       {@value #FAILED} are those of unsure and failed rows; a label of such a name is numbered,
 *       as are equal labels.
 *   <li>Images keep their names; the second of a name in a folder is {@code a-2.jpg}. Nothing that
 *       is there is ever replaced. What is already what it would become counts as done, so a run
 *       that begins anew or is resumed completes what an earlier one began.
 *   <li>A failed image that is no regular file, or is missing, has nothing to sort.
 * </ul>
 *
 * <p>Names are remembered, in about 100 bytes for an image.
 */
public final class SortingWriter implements ResultWriter {
    private static final String UNSURE = "unsure";
    private static final String FAILED = "failed";

    private final ResultWriter rows;
    private final ImageFiles files;
    private final List<String> labelFolders;
    private final Path folder;
    private final SortMode mode;
    private final Map<String, Integer> used = new HashMap<>();
    private int next;

    /**
     * Prepares sorting.
     *
     * @param rows gets the rows; closed with this
     * @param files the images of the run
     * @param labels the model's labels in order of index
     * @param folder where the folders of the classes are made; it is there
     * @param mode links or copies
     */
    public SortingWriter(
            ResultWriter rows, ImageFiles files, List<String> labels, Path folder, SortMode mode) {
        this.rows = rows;
        this.files = files;
        this.labelFolders = FileName.ofEach(labels, Set.of(UNSURE, FAILED));
        this.folder = folder;
        this.mode = mode;
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        return rows.begin(
                run,
                row -> {
                    sort(row);
                    earlier.accept(row);
                });
    }

    @Override
    public void write(ResultRow row) {
        // First the image: a row that is there says that its image is sorted.
        sort(row);
        rows.write(row);
    }

    private void sort(ResultRow row) {
        if (next >= files.found() || !files.name(next).equals(row.path())) {
            throw new RuntimeFailure(
                    folder + ": " + row.path() + " cannot be sorted, it is not the next image");
        }
        Path image = files.path(next++);
        if (!Files.isRegularFile(image)) {
            return;
        }
        Path target = folder.resolve(folderOf(row));
        try {
            Files.createDirectories(target);
            place(image, target);
        } catch (IOException | UnsupportedOperationException e) {
            if (row.prediction() instanceof Classified || Files.isReadable(image)) {
                String reason = e instanceof IOException io ? FileSink.reason(io) : e.getMessage();
                throw new RuntimeFailure(
                        image + ": cannot be sorted into " + target + ": " + reason, e);
            }
        }
    }

    private String folderOf(ResultRow row) {
        if (row.prediction() instanceof Classified classified) {
            return row.unsure() ? UNSURE : labelFolders.get(classified.best().index());
        }
        return FAILED;
    }

    private void place(Path image, Path target) throws IOException {
        Path original = image.getFileName();
        String text = FileName.of(original.toString());
        String first = key(target, original.toString());
        for (int number = used.getOrDefault(first, 0) + 1; ; number++) {
            // Unless numbered, the name itself and not its text: bytes that are no text survive.
            Path name = number == 1 ? original : Path.of(FileName.numbered(text, number));
            String key = key(target, name.toString());
            if (number > 1 && used.containsKey(key)) {
                continue;
            }
            Path place = target.resolve(name);
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                mode.place(image, place);
            } else if (!mode.isPlaced(image, place)) {
                continue;
            }
            used.put(key, 1);
            used.put(first, number);
            return;
        }
    }

    private static String key(Path target, String name) {
        return target.getFileName() + "/" + FileName.key(name);
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void finish() {
        rows.finish();
    }

    @Override
    public void close() {
        rows.close();
    }
}
