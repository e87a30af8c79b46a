package dev.vitrail.zoo.data;

import dev.vitrail.zoo.ZooException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Labelled pictures: one folder a class, the folder's name is the label. Classes are numbered in
 * the code point order of their names and pictures are listed in the order of their paths, so the
 * same folder gives the same list on every machine. Hidden files and folders, files without an
 * image's extension and files that lie beside the class folders are not part of the set. Folders
 * inside a class folder are searched too.
 *
 * <p>A CSV file of paths and labels is such a set as well: a line with the columns {@code path} and
 * {@code label}, then a line for each picture, whose path begins in the folder of the file.
 *
 * @param source the folder, or the CSV file
 * @param classes class names; a label is an index into them
 * @param images the pictures, class by class
 */
public record ImageFolder(Path source, List<String> classes, List<LabelledImage> images) {

    /** What parts of a data set are called. */
    private static final Set<String> PARTS =
            Set.of("train", "training", "val", "valid", "validation", "test", "testing");

    /** A negative purpose: seeds addressed by steps, epochs or images never meet it. */
    private static final long SPLIT = -2;

    /**
     * Checks the values.
     *
     * @param source the folder, or the CSV file
     * @param classes class names
     * @param images the pictures
     */
    public ImageFolder {
        classes = List.copyOf(classes);
        images = List.copyOf(images);
        for (LabelledImage image : images) {
            if (image.label() >= classes.size()) {
                throw new IllegalArgumentException(image + " has no class name");
            }
        }
    }

    /**
     * Lists a folder whose class folders define the classes, or a CSV file whose labels do.
     *
     * @param root the folder that holds the class folders, or the CSV file
     * @return the labelled pictures
     * @throws ZooException if there are fewer than two classes, a class without a picture, or a
     *     folder or file that cannot be read
     */
    public static ImageFolder read(Path root) {
        if (isCsv(root)) {
            CsvDataset csv = CsvDataset.read(root, true);
            List<String> labels = csv.classNames();
            if (labels.size() < 2) {
                throw new ZooException(
                        root
                                + ": has one label only (\""
                                + labels.get(0)
                                + "\"); a classifier needs at least two");
            }
            return new ImageFolder(root, labels, csv.images(labels));
        }
        List<String> classes = ClassFolders.classNames(root);
        if (classes.isEmpty()) {
            throw new ZooException(
                    root
                            + ": holds no class folders; expected one folder for each class with"
                            + " its pictures inside, such as "
                            + root.resolve("cat")
                            + " and "
                            + root.resolve("dog"));
        }
        refuseParts(root, classes);
        ImageFolder folder = new ImageFolder(root, classes, ClassFolders.images(root, classes));
        if (folder.images.isEmpty()) {
            throw new ZooException(
                    root
                            + ": no pictures in any of its "
                            + classes.size()
                            + " folders; looked for "
                            + ClassFolders.extensions());
        }
        folder.refuseEmptyClasses();
        if (classes.size() < 2) {
            throw new ZooException(
                    root
                            + ": holds one class folder only (\""
                            + classes.get(0)
                            + "\"); a classifier needs at least two");
        }
        return folder;
    }

    /** Whoever names the folder above would train the network to tell them apart. */
    private static void refuseParts(Path root, List<String> classes) {
        if (classes.size() > 1
                && classes.stream()
                        .allMatch(name -> PARTS.contains(name.toLowerCase(Locale.ROOT)))) {
            throw new ZooException(
                    root
                            + ": its folders "
                            + quoted(classes)
                            + " look like parts of a data set, not like classes; name the folder of"
                            + " one part, whose folders are the classes");
        }
    }

    /**
     * Lists a folder or CSV file whose classes are already fixed by the training pictures.
     *
     * @param root the folder that holds the class folders, or the CSV file
     * @param classes the training classes
     * @return the labelled pictures, numbered as in training; a class may be absent
     * @throws ZooException if a class folder is unknown, or there is no picture at all
     */
    public static ImageFolder read(Path root, List<String> classes) {
        if (isCsv(root)) {
            return new ImageFolder(root, classes, CsvDataset.read(root, true).images(classes));
        }
        List<String> unknown = new ArrayList<>(ClassFolders.classNames(root));
        unknown.removeAll(new HashSet<>(classes));
        if (!unknown.isEmpty()) {
            throw new ZooException(
                    root
                            + ": class folder"
                            + (unknown.size() == 1 ? " " : "s ")
                            + quoted(unknown)
                            + (unknown.size() == 1 ? " is" : " are")
                            + " not among the "
                            + classes.size()
                            + " classes that the model knows: "
                            + quoted(classes));
        }
        ImageFolder folder = new ImageFolder(root, classes, ClassFolders.images(root, classes));
        if (folder.images.isEmpty()) {
            throw new ZooException(
                    root
                            + ": no pictures in folders named like the classes "
                            + quoted(classes)
                            + "; looked for "
                            + ClassFolders.extensions());
        }
        return folder;
    }

    /**
     * Lists every picture below a folder, at any depth, whatever its folders are called: a set of
     * one class without a name, for training without labels. Of a CSV file only the paths are
     * looked at.
     *
     * @param root the folder, or the CSV file
     * @return the pictures, in the order of their paths
     * @throws ZooException if there is no picture, or a folder that cannot be read
     */
    public static ImageFolder unlabelled(Path root) {
        List<String> nameless = List.of("");
        if (isCsv(root)) {
            return new ImageFolder(root, nameless, CsvDataset.read(root, false).images(nameless));
        }
        ImageFolder folder = new ImageFolder(root, nameless, ClassFolders.images(root, nameless));
        if (folder.images.isEmpty()) {
            throw new ZooException(
                    root
                            + (Files.isDirectory(root)
                                    ? ": no pictures in it or in folders below it; looked for "
                                            + ClassFolders.extensions()
                                    : ": is no folder"));
        }
        return folder;
    }

    /**
     * Divides the set in two, class by class, so that both parts have the same mix. The same seed
     * divides the same files the same way.
     *
     * @param validationShare how much of every class is held back, between 0 and 1; at least one
     *     picture and at most all but one
     * @param seed which ones
     * @return the two parts, each in the order of this set
     * @throws ZooException if a class has fewer than two pictures
     */
    public Split split(double validationShare, long seed) {
        if (!(validationShare > 0 && validationShare < 1)) {
            throw new IllegalArgumentException(
                    "validation share is " + validationShare + ", must be between 0 and 1");
        }
        List<LabelledImage> training = new ArrayList<>();
        List<LabelledImage> validation = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            List<LabelledImage> members = membersOf(label);
            if (members.size() < 2) {
                throw new ZooException(
                        placeOf(label)
                                + ": holds "
                                + members.size()
                                + (members.size() == 1 ? " picture" : " pictures")
                                + "; a class needs at least two, one to learn from and one to"
                                + " validate with, or a validation folder of its own");
            }
            int held = (int) Math.rint(validationShare * members.size());
            held = Math.max(1, Math.min(members.size() - 1, held));
            int[] order = Seeds.permutation(members.size(), Seeds.random(seed, SPLIT, label));
            boolean[] isHeld = new boolean[members.size()];
            for (int i = 0; i < held; i++) {
                isHeld[order[i]] = true;
            }
            for (int i = 0; i < members.size(); i++) {
                (isHeld[i] ? validation : training).add(members.get(i));
            }
        }
        return new Split(
                new ImageFolder(source, classes, training),
                new ImageFolder(source, classes, validation));
    }

    /**
     * A set in two parts.
     *
     * @param training what is learnt from
     * @param validation what is held back
     */
    public record Split(ImageFolder training, ImageFolder validation) {}

    /**
     * Counts the pictures that another set has too, by their paths.
     *
     * @param other such as those that are learnt from
     * @return how many of this set's
     */
    public int sharedWith(ImageFolder other) {
        Set<Path> theirs =
                other.images.stream().map(ImageFolder::absolute).collect(Collectors.toSet());
        return (int) images.stream().map(ImageFolder::absolute).filter(theirs::contains).count();
    }

    private static Path absolute(LabelledImage image) {
        return image.path().toAbsolutePath().normalize();
    }

    /**
     * Lists the pictures that lie beside the class folders. They are in no class, so not in this
     * set, which is seldom what their owner meant.
     *
     * @return their paths in order; none for a CSV file
     * @throws ZooException if the folder cannot be read
     */
    public List<Path> besides() {
        return isCsv(source) ? List.of() : ClassFolders.besides(source);
    }

    /**
     * Returns the set without some of its pictures.
     *
     * @param excluded files to leave out, such as those that cannot be decoded
     * @return the rest
     * @throws ZooException if a class that had pictures has none left
     */
    public ImageFolder without(Set<Path> excluded) {
        if (excluded.isEmpty()) {
            return this;
        }
        ImageFolder rest =
                new ImageFolder(
                        source,
                        classes,
                        images.stream().filter(i -> !excluded.contains(i.path())).toList());
        for (int label = 0; label < classes.size(); label++) {
            if (rest.membersOf(label).isEmpty() && !membersOf(label).isEmpty()) {
                throw new ZooException(
                        placeOf(label)
                                + ": none of its "
                                + membersOf(label).size()
                                + " pictures can be decoded; replace them or leave the class out");
            }
        }
        return rest;
    }

    /**
     * Weighs classes by their inverse frequency.
     *
     * @return for each class the number of pictures, divided by that of classes and by the class's
     *     own pictures
     * @throws IllegalStateException if a class has no picture
     */
    public List<Double> classWeights() {
        int[] counts = new int[classes.size()];
        images.forEach(image -> counts[image.label()]++);
        if (Arrays.stream(counts).anyMatch(count -> count == 0)) {
            throw new IllegalStateException("a class without a picture has no weight");
        }
        return Arrays.stream(counts)
                .mapToObj(count -> (double) images.size() / counts.length / count)
                .toList();
    }

    /**
     * Returns how a picture is named within this folder, the same on every system.
     *
     * @param image one of the pictures
     * @return its path below the folder, or from that of the CSV file, with slashes; as it is where
     *     a CSV file names it absolutely
     */
    public String pathBelow(LabelledImage image) {
        Path root = isCsv(source) ? CsvDataset.root(source) : source;
        Path path = image.path();
        boolean isBelow = path.isAbsolute() == root.isAbsolute();
        String separator = root.getFileSystem().getSeparator();
        return (isBelow ? root.relativize(path) : path).toString().replace(separator, "/");
    }

    private static boolean isCsv(Path source) {
        boolean isNamedSo = source.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        return isNamedSo && Files.isRegularFile(source);
    }

    /** What a message calls a class: its folder, if there are folders. */
    private String placeOf(int label) {
        String name = classes.get(label);
        return isCsv(source) ? source + ": class \"" + name + '"' : source.resolve(name).toString();
    }

    private List<LabelledImage> membersOf(int label) {
        return images.stream().filter(image -> image.label() == label).toList();
    }

    private void refuseEmptyClasses() {
        boolean[] isPresent = new boolean[classes.size()];
        images.forEach(image -> isPresent[image.label()] = true);
        for (int label = 0; label < classes.size(); label++) {
            if (!isPresent[label]) {
                throw new ZooException(
                        source.resolve(classes.get(label))
                                + ": class folder without a picture (looked for "
                                + ClassFolders.extensions()
                                + "); add pictures or remove the folder");
            }
        }
    }

    static String quoted(List<String> names) {
        int shown = Math.min(10, names.size());
        String list =
                names.subList(0, shown).stream()
                        .map(name -> '"' + name + '"')
                        .collect(Collectors.joining(", "));
        return shown < names.size() ? list + " and " + (names.size() - shown) + " more" : list;
    }
}
