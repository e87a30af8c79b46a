package dev.vitrail.cli;

import ai.djl.Device;
import dev.vitrail.converter.onnx.OnnxReader;
import dev.vitrail.converter.verify.VerificationReport;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vitrail verify}: an ONNX file against the run that it should be. */
@Command(
        name = "verify",
        header = "Compare an ONNX file with the run that it came from.",
        description = {
            "%nRuns both on random batches, and with --data on every image of a folder, where the"
                + " predictions are compared one by one. Exit code 1 if they differ by more than"
                + " float arithmetic explains.",
            "Of a file with its preprocessing in the graph the pixels are compared as well; they"
                    + " may differ by one level of 256.%n"
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.onnx", description = "The file.")
    private Path file;

    @Option(
            names = "--against",
            required = true,
            paramLabel = "RUN",
            description = "The run folder whose best weights the file should have.")
    private Path run;

    @Mixin private InputOptions input;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Images to compare the predictions on, one by one.")
    private Path data;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Arguments.existingFile("FILE.onnx", file);
        Arguments.existingFolder("--against", run);
        if (data != null) {
            Arguments.existing("--data", data);
        }
        Run stored = Run.openClassifier(run);
        Run trained = stored.withInput(input.applyTo(stored.config()));
        try (Network network = trained.network(Device.cpu())) {
            VerificationReport report =
                    NetworkExport.verify(
                            trained.config(),
                            network.block(),
                            file,
                            NetworkExport.Additions.of(OnnxReader.read(file)));
            Agreement agreement = data == null ? null : Agreement.of(file, network, data, console);
            boolean passed = report.passed() && (agreement == null || agreement.passed());
            if (json) {
                Map<String, Object> object = object(report);
                if (agreement != null) {
                    object.put("images", agreement);
                }
                object.put("passed", passed);
                console.json(object);
            } else {
                console.print(file + " against " + run + ": " + report);
                if (agreement != null) {
                    console.print(agreement.sentence());
                }
                console.print(passed ? "the same network" : "NOT the same network");
            }
            return (passed ? ExitCode.DONE : ExitCode.FAILED).code();
        }
    }

    /** A verification's figures for a machine. */
    static Map<String, Object> object(VerificationReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("largest_difference", report.largestDifference());
        object.put("relative_to_largest_output", report.largestRelativeDifference());
        object.put("samples", report.samples());
        return object;
    }
}
