package dev.vitrail.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vitrail completion}: what a shell sources to complete commands and options. */
@Command(
        name = "completion",
        header = "Print a script that lets bash and zsh complete vitrail's commands.",
        description = "%nUse it as: source <(vitrail completion)%n",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.print(AutoComplete.bash("vitrail", spec.root().commandLine()).stripTrailing());
        return ExitCode.DONE.code();
    }
}
