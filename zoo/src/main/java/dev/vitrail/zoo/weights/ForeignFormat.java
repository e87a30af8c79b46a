package dev.vitrail.zoo.weights;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What is offered in place of the formats that are read, told by content: a name may say anything.
 * None of these is opened any further, and a pickle least of all, since reading one is running it.
 */
enum ForeignFormat {
    GIT_LFS(
            sample -> sample.startsWith("version https://git-lfs"),
            "is a Git LFS pointer, which stands for the file and is not it; fetch the file with"
                    + " \"git lfs pull\""),
    PICKLE(
            ForeignFormat::isPickle,
            "is a pickle file, which is a program and not read here; convert it where it came"
                    + " from, with PyTorch 2.10 or later:"),
    TAR(
            sample -> sample.has("ustar", 257),
            "is a tar archive, which PyTorch before 0.1.10 put its pickles in and which is not"
                    + " read here; unpack it, or where torch.load reads it, save its tensors with"
                    + " safetensors.torch.save_file"),
    GZIP(sample -> sample.startsWith("\u001f\u008b"), "is compressed with gzip; unpack it first"),
    HDF5(
            sample -> sample.startsWith("\u0089HDF\r\n\u001a\n"),
            "is an HDF5 file, as Keras writes it, which is not read here; load it with Keras and"
                    + " save its arrays with numpy.savez"),
    GGUF(
            sample -> sample.startsWith("GGUF"),
            "is a GGUF file, made for other programs and mostly quantised; use the safetensors"
                    + " files that it was made from"),
    NPY(
            sample -> sample.startsWith(NpyHeader.MAGIC),
            "is one array without a name; weights are many with names, as numpy.savez writes"),
    TFLITE(
            sample -> sample.has("TFL3", 4),
            "is a TensorFlow Lite model, made for devices; use the checkpoint that it was made"
                    + " from"),
    SAVED_MODEL(
            ForeignFormat::isSavedModel,
            "is the graph of a TensorFlow SavedModel, which is not read here; load the model with"
                    + " TensorFlow and save its variables with numpy.savez"),
    ONNX(
            ForeignFormat::isOnnx,
            "is an ONNX model, a network that can be run as it is and not weights to import"),
    TENSORFLOW(
            // The magic number of the table's footer; the data beside it has none.
            sample -> sample.endsWith("\u0057\u00fb\u0080\u008b\u0024\u0075\u0047\u00db"),
            "is the index of a TensorFlow checkpoint, which is not read here; read it with"
                    + " tf.train.load_checkpoint and save its arrays with numpy.savez"),
    FLAX(
            ForeignFormat::isMessagePack,
            "is a MessagePack file, as Flax writes it, which is not read here; restore it with"
                    + " flax.serialization.msgpack_restore and save its arrays with numpy.savez,"
                    + " names joined by \"/\""),
    WEB_PAGE(
            sample -> Marks.WEB_PAGE.matcher(sample.head()).lookingAt(),
            "is a web page, as comes when a download asks for a login first; download the file"
                    + " itself"),
    /** Told by the archive's members. */
    KERAS(
            sample -> false,
            "is a Keras archive, which holds HDF5 and is not read here; load it with Keras and save"
                    + " its arrays with numpy.savez");

    /** What constants look for, apart from them so that it is there before they are. */
    private static final class Marks {

        /** A dictionary, a list or a name from a module, by protocols 0 and 1. */
        static final Pattern TEXT_PICKLE =
                Pattern.compile("\\([dl]p?\\d*\\n|c[A-Za-z_][\\w.]*\\n[A-Za-z_]|[}\\]]q");

        static final Pattern WEB_PAGE =
                Pattern.compile("\\s*<(!doctype )?html", Pattern.CASE_INSENSITIVE);
    }

    private static final String ZIP_MAGIC = "PK\u0003\u0004";
    private static final String TARGET = "model.safetensors";
    private static final String EMPTY_ZIP_MAGIC = "PK\u0005\u0006";

    private final Predicate<FileSample> mark;
    private final String advice;

    ForeignFormat(Predicate<FileSample> mark, String advice) {
        this.mark = mark;
        this.advice = advice;
    }

    /**
     * Refuses a file that is known for something else, with advice.
     *
     * @param file that is not what was wanted
     * @param wanted "a safetensors file"
     * @throws WeightsException if the file is recognised
     */
    static void refuse(SourceFile file, String wanted) {
        FileSample sample = FileSample.of(file);
        Optional<ForeignFormat> format = recognise(file, sample);
        if (format.isPresent()) {
            throw format.get().refused(file.path());
        }
        if (isZip(sample)) {
            throw new WeightsException(file.path(), "is a zip archive, must be " + wanted);
        }
    }

    /** What a file is, if it is one of these. */
    static Optional<ForeignFormat> recognise(SourceFile file, FileSample sample) {
        if (isZip(sample)) {
            return inZip(file, sample);
        }
        return Arrays.stream(values()).filter(format -> format.mark.test(sample)).findFirst();
    }

    static boolean isZip(FileSample sample) {
        return sample.startsWith(ZIP_MAGIC) || sample.startsWith(EMPTY_ZIP_MAGIC);
    }

    /** By the names of the members, none of which is opened. */
    private static Optional<ForeignFormat> inZip(SourceFile file, FileSample sample) {
        // PyTorch writes its pickle first, so that a file that was cut is recognised too.
        if (sample.head().contains("data.pkl")) {
            return Optional.of(PICKLE);
        }
        Collection<String> names;
        try {
            names = ZipDirectory.read(file).keySet();
        } catch (WeightsException e) {
            return Optional.empty(); // whoever wants to read it will say what is wrong
        }
        for (String name : names) {
            if (name.endsWith(".pkl") || name.endsWith(".pickle")) {
                return Optional.of(PICKLE);
            }
            if (name.endsWith(".h5")) {
                return Optional.of(KERAS);
            }
        }
        return Optional.empty();
    }

    WeightsException refused(Path path) {
        String conversion = this == PICKLE ? conversion(path.getFileName().toString()) : "";
        return new WeightsException(path, advice + conversion);
    }

    /**
     * Whatever is refused here must not be tempted into being run: only the safe mode is named.
     * Training code keeps the weights below {@code model} or {@code state_dict}.
     */
    private static String conversion(String name) {
        boolean plain = name.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\');
        return String.join(
                "\n    ",
                "",
                "import torch; from safetensors.torch import save_file",
                String.format(
                        "weights = torch.load(\"%s\", map_location=\"cpu\", weights_only=True)",
                        plain ? name : "weights.pt"),
                String.format(
                        "save_file({name: value.contiguous() for name, value in"
                                + " weights.get(\"model\", weights.get(\"state_dict\","
                                + " weights)).items()}, \"%s\")",
                        name.equals(TARGET) ? "converted.safetensors" : TARGET));
    }

    /** A protocol mark, or the text protocols: their first words, and the stop at the end. */
    private static boolean isPickle(FileSample sample) {
        if (sample.at(0) == 0x80 && sample.at(1) >= 1 && sample.at(1) <= 5) {
            return true;
        }
        return sample.endsWith(".") && Marks.TEXT_PICKLE.matcher(sample.head()).lookingAt();
    }

    /** Field 1 (version 1) and field 2, a message that begins with its own field 1. */
    private static boolean isSavedModel(FileSample sample) {
        if (!sample.startsWith("\b\u0001\u0012")) {
            return false;
        }
        int at = 3;
        while (sample.at(at) >= 0x80) {
            at++;
        }
        return sample.at(at + 1) == 0x0A;
    }

    /** Field 1, a small version number, then any field that a model has next. */
    private static boolean isOnnx(FileSample sample) {
        boolean version = sample.at(0) == 0x08 && sample.at(1) >= 1 && sample.at(1) < 32;
        return version
                && switch (sample.at(2)) {
                    case 0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72 -> true;
                    default -> false;
                };
    }

    /** A map of few keys or many whose first key is a printable string. */
    private static boolean isMessagePack(FileSample sample) {
        int first = sample.at(0);
        int key = first > 0x80 && first <= 0x8F ? 1 : first == 0xDE ? 3 : first == 0xDF ? 5 : -1;
        int length = key < 0 ? -1 : sample.at(key);
        if (length < 0xA1 || length > 0xBF) {
            return false;
        }
        for (int i = 1; i <= length - 0xA0; i++) {
            int character = sample.at(key + i);
            if (character < ' ' || character > '~') {
                return false;
            }
        }
        return true;
    }
}
