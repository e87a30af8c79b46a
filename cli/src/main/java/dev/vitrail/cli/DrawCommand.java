package dev.vitrail.cli;

import dev.vitrail.zoo.data.DrawnDataset;
import dev.vitrail.zoo.data.DrawnShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail draw}: labelled pictures for trying things out, where no photos are at hand. */
@Command(
        name = "draw",
        header = "Draw labelled pictures of shapes, one folder a class, to try things out with.",
        description = {
            "%nEach picture depends on the seed, its class and its number alone. test-images was"
                    + " made with:",
            "  vitrail draw --out test-images --per-class 10 --seed 2%n"
        },
        mixinStandardHelpOptions = true)
final class DrawCommand implements Callable<Integer> {
    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where the class folders are made; a new or empty folder.")
    private Path out;

    @Option(
            names = "--per-class",
            paramLabel = "N",
            defaultValue = "100",
            description = "Pictures a class. Default: ${DEFAULT-VALUE}.")
    private int perClass;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "96",
            description = "Edge of the square pictures. Default: ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Which pictures. Default: ${DEFAULT-VALUE}.")
    private long seed;

    private final Console console;

    DrawCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (perClass < 1 || perClass > 1_000_000) {
            throw Failure.wrongUse("--per-class is " + perClass + ", must be 1 to 1000000");
        }
        if (size < 16 || size > 4096) {
            throw Failure.wrongUse("--size is " + size + ", must be 16 to 4096 pixels");
        }
        List<DrawnShape> shapes = List.of(DrawnShape.values());
        new DrawnDataset(shapes, perClass, size, seed).write(Arguments.newFolder("--out", out));
        console.print(
                String.format(
                        Locale.ROOT,
                        "%s: %d pictures of %d classes (%s)",
                        out,
                        perClass * shapes.size(),
                        shapes.size(),
                        shapes.stream().map(DrawnShape::label).collect(Collectors.joining(", "))));
        return ExitCode.DONE.code();
    }
}
