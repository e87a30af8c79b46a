package dev.vitrail.cli;

import dev.vitrail.imaging.SystemReason;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * The {@code vitrail} command: picks the verb, and turns every ending into a sentence and a code.
 */
@Command(
        name = "vitrail",
        header = "Vision transformers from a JSON file to any runtime.",
        description = {
            "%nTrains vision transformers, exports them to ONNX, and classifies folders of images"
                    + " with ONNX Runtime.%n"
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "The journey with photos of your own, one folder a class:",
            "  vitrail train --config photos-tiny-patch8-64 --data photos --out runs/photos",
            "  vitrail export --model runs/photos --out photos.onnx",
            "  vitrail classify --model photos.onnx more-photos --out results.jsonl",
            "",
            "Exit codes: 0 done, 1 the work failed, 2 wrong use, 130 and 143 stopped by a signal.",
            "'vitrail COMMAND --help' explains one command."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class Main implements Runnable {
    /** In the order of the help. The class of a command is named as the command. */
    private static final List<Class<?>> COMMANDS =
            List.of(
                    QuickstartCommand.class,
                    ZooCommand.class,
                    ConfigCommand.class,
                    ImportCommand.class,
                    AugmentCommand.class,
                    PretrainCommand.class,
                    TrainCommand.class,
                    SweepCommand.class,
                    EvaluateCommand.class,
                    ProbeCommand.class,
                    ExportCommand.class,
                    VerifyCommand.class,
                    InspectCommand.class,
                    ClassifyCommand.class,
                    ExplainCommand.class,
                    PreprocessCommand.class,
                    DrawCommand.class,
                    DoctorCommand.class,
                    CompletionCommand.class);

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure.")
    private boolean verbose;

    private final Console console;
    private CommandLine commandLine;
    private OutputClosed closed;

    private Main(Console console) {
        this.console = console;
    }

    /** The process: runs one command and exits with its code. */
    public static void main(String[] arguments) {
        int code = run(Console.ofProcess(), arguments);
        // Not a return: a decoder that hangs in native code must not keep a finished process alive.
        System.exit(code);
    }

    /** Runs one command against the given console; the exit code is the result. */
    static int run(Console console, String... arguments) {
        Main main = new Main(console);
        try {
            int code = main.execute(arguments);
            console.flush();
            return main.closed == null ? code : outputClosed(console, main.closed);
        } catch (OutputClosed e) {
            return outputClosed(console, e);
        } catch (Error e) {
            // picocli hands on exceptions only.
            Failures.sentences(e).forEach(console::error);
            main.trace(e);
            return ExitCode.FAILED.code();
        }
    }

    private static int outputClosed(Console console, OutputClosed e) {
        if (e.readerLeft()) {
            return ExitCode.OUTPUT_CLOSED.code();
        }
        console.error("cannot write to standard output: " + SystemReason.of(e.reason()));
        return ExitCode.FAILED.code();
    }

    private int execute(String... arguments) {
        IFactory factory = factory();
        commandLine = new CommandLine(this, factory);
        commands(arguments).forEach(command -> commandLine.addSubcommand(create(factory, command)));
        commandLine
                .setOut(console.helpWriter(false))
                .setErr(console.helpWriter(true))
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(
                                console.outIsTerminal() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setParameterExceptionHandler(this::wrongUse)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e));
        tellVersion(commandLine);
        commandLine.getSubcommands().values().forEach(Main::takeWords);
        return commandLine.execute(arguments);
    }

    /**
     * The one command that is asked for, otherwise all: to find out the options of each takes a
     * quarter of a second, at every start.
     */
    private static List<Class<?>> commands(String... arguments) {
        List<Class<?>> asked =
                COMMANDS.stream()
                        .filter(command -> arguments.length > 0)
                        .filter(command -> command != CompletionCommand.class)
                        .filter(command -> isNamed(command, arguments[0]))
                        .toList();
        return asked.isEmpty() ? COMMANDS : asked;
    }

    private static boolean isNamed(Class<?> command, String name) {
        return command.getSimpleName().toLowerCase(Locale.ROOT).equals(name + "command");
    }

    private static Object create(IFactory factory, Class<?> command) {
        try {
            return factory.create(command);
        } catch (Exception e) {
            throw new IllegalStateException(command + " has no constructor of a console", e);
        }
    }

    private static void tellVersion(CommandLine command) {
        command.getCommandSpec().versionProvider(new Version());
        command.getSubcommands().values().forEach(Main::tellVersion);
    }

    /** Enums are named in messages as they are written, not as Java names them. */
    private static void takeWords(CommandLine command) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.type().isEnum()) {
                takeWords(command, option.type());
            }
        }
    }

    private static <T> void takeWords(CommandLine command, Class<T> type) {
        List<T> words = List.of(type.getEnumConstants());
        command.registerConverter(
                type,
                given ->
                        words.stream()
                                .filter(word -> word.toString().equalsIgnoreCase(given))
                                .findFirst()
                                .orElseThrow(
                                        () ->
                                                new TypeConversionException(
                                                        "is '"
                                                                + given
                                                                + "', must be one of "
                                                                + words.toString()
                                                                        .replaceAll(
                                                                                "[\\[\\]]", ""))));
    }

    /** Commands take the console where they say so; everything else is made as picocli makes it. */
    private IFactory factory() {
        IFactory standard = CommandLine.defaultFactory();
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                try {
                    Constructor<K> constructor = type.getDeclaredConstructor(Console.class);
                    constructor.setAccessible(true);
                    return constructor.newInstance(console);
                } catch (NoSuchMethodException e) {
                    return standard.create(type);
                }
            }
        };
    }

    @Override
    public void run() {
        throw new ParameterException(commandLine, "a command is missing");
    }

    private int wrongUse(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        console.error(Failures.sentence(e));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            console.note(
                    "Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        }
        trace(e);
        return ExitCode.WRONG_USE.code();
    }

    private int failed(Exception e) {
        // Not thrown on: picocli prints the trace of whatever this handler throws.
        closed = Failures.find(e, OutputClosed.class);
        if (closed != null) {
            return ExitCode.OUTPUT_CLOSED.code();
        }
        Error error = Failures.find(e, Error.class);
        if (error != null) {
            Failures.sentences(error).forEach(console::error);
            trace(e);
            return ExitCode.FAILED.code();
        }
        Failures.sentences(e).forEach(console::error);
        trace(e);
        return Failures.exitCode(e).code();
    }

    private void trace(Throwable e) {
        if (verbose) {
            e.printStackTrace(console.helpWriter(true));
        }
    }
}
