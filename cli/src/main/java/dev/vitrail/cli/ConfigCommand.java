package dev.vitrail.cli;

import dev.vitrail.zoo.config.ConfigException;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.MachineMemory;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vitrail config}: what a config file says, and what is wrong with it. */
@Command(
        name = "config",
        header = "Check config files.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
    @Spec private CommandSpec spec;

    private final Console console;

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: check");
    }

    @Command(
            name = "check",
            header = "Check config files and name every problem at once.",
            description =
                    "%nEach problem has its line, the key, the value, and what would be right. Exit"
                            + " code 2 if there is any.%n",
            mixinStandardHelpOptions = true)
    int check(
            @Parameters(arity = "1..*", paramLabel = "CONFIG", description = "Config files.")
                    List<Path> files,
            @Option(names = "--json", description = "Print one JSON object.") boolean json) {
        List<Map<String, Object>> reports = new ArrayList<>();
        boolean isGood = true;
        for (Path file : files) {
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("file", file.toString());
            List<String> problems = problems(file, report);
            report.put("problems", problems);
            reports.add(report);
            isGood &= problems.isEmpty();
            problems.forEach(console::error);
            if (problems.isEmpty() && !json) {
                console.print(file + ": ok (" + report.get("summary") + ")");
            }
        }
        if (json) {
            console.json(Map.of("configs", reports));
        }
        return (isGood ? ExitCode.DONE : ExitCode.WRONG_USE).code();
    }

    private static List<String> problems(Path file, Map<String, Object> report) {
        try {
            ModelConfig config = ConfigReader.read(file);
            ModelPlan plan = ModelPlan.of(config.model(), config.labels().count());
            report.put(
                    "summary",
                    String.format(
                            Locale.ROOT,
                            "%s, %,d parameters, %d classes",
                            config.name(),
                            config.parameterCount(),
                            config.labels().count()));
            Optional<String> refusal = plan.refuseBuilding(MachineMemory.bytes());
            return refusal.map(sentence -> List.of(file + ": " + sentence)).orElse(List.of());
        } catch (ConfigException e) {
            return e.problems().stream().map(problem -> problem.describe(file.toString())).toList();
        }
    }
}
