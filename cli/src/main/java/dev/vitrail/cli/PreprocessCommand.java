package dev.vitrail.cli;

import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.NpyWriter;
import dev.vitrail.runtime.Provider;
import dev.vitrail.runtime.SessionConfig;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code vitrail preprocess}: what the network is fed for an image, to compare with other tools.
 */
@Command(
        name = "preprocess",
        header = "Write the exact tensor that a model is fed for an image.",
        description =
                "%nThe result is a NumPy file of 32-bit floats, [1, 3, height, width], to be"
                        + " compared with what other tools make of the same image.%n",
        mixinStandardHelpOptions = true)
final class PreprocessCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Source source;

    @Parameters(paramLabel = "IMAGE", description = "The image file.")
    private Path image;

    @Option(names = "--out", required = true, paramLabel = "FILE.npy", description = "The result.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace the result if there is one already.")
    private boolean overwrite;

    private final Console console;

    PreprocessCommand(Console console) {
        this.console = console;
    }

    /** Whose preprocessing. */
    static final class Source {
        @Option(names = "--model", paramLabel = "FILE.onnx", description = "An exported model.")
        private Path model;

        @Option(
                names = "--config",
                paramLabel = "NAME|CONFIG",
                description = "A config file or the name of one that ships.")
        private String config;

        Preprocessing preprocessing() {
            if (config != null) {
                return Configs.read(config).preprocessing();
            }
            Arguments.existingFile("--model", model);
            SessionConfig light =
                    SessionConfig.defaults()
                            .withProvider(Provider.CPU)
                            .withMemoryMode(SessionConfig.MemoryMode.QUICK_START);
            try (Classifier classifier = Classifier.open(model, light)) {
                return classifier.card().preprocessing();
            }
        }
    }

    @Override
    public Integer call() throws ImageException {
        Arguments.existingFile("IMAGE", image);
        Arguments.newFile("--out", out, overwrite);
        if (Arguments.isSame(image, out)) {
            throw Failure.wrongUse("--out " + out + ": is also the input");
        }
        Preprocessing preprocessing = source.preprocessing();
        int height = preprocessing.outputHeight();
        int width = preprocessing.outputWidth();
        FloatBuffer pixels = FloatBuffer.allocate(Math.multiplyExact(3 * height, width));
        preprocessing.apply(ImageDecoder.decode(image, preprocessing.decodeOptions()), pixels);
        NpyWriter.write(out, List.of(1L, 3L, (long) height, (long) width), pixels.flip());
        console.print(out + ": float32 [1, 3, " + height + ", " + width + "]");
        return ExitCode.DONE.code();
    }
}
