package dev.vitrail.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vitrail inspect}: what is in an ONNX file. */
@Command(
        name = "inspect",
        header = "Show what is in an ONNX file.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.onnx", description = "The file.")
    private Path file;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        return ExitCode.DONE.code();
    }
}
