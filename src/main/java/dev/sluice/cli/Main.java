package dev.sluice.cli;

import dev.sluice.OutOfMemoryExit;
import dev.sluice.ReloadSignal;
import dev.sluice.StartException;
import dev.sluice.store.StoreCorruptException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Entry point of the fat jar: selects the command and maps failures to a one-line message and an exit code. */
@Command(
        name = "sluice",
        description = "A self-hosted, durable message queue that speaks the Cloudflare Queues HTTP API.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        addMethodSubcommands = false)
public final class Main implements Callable<Integer> {
    /** The exit code of a successful command. */
    static final int OK = 0;

    /** The exit code if the command line, the configuration or the environment does not allow the command to run. */
    static final int CANNOT_START = 2;

    /** The exit code if a store is damaged. */
    static final int DAMAGED = 3;

    /** The exit code if the JVM has no memory left. A restart is correct and loses nothing. */
    public static final int OUT_OF_MEMORY = 4;

    private static final String COMPLETION = "generate-completion";

    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("dev", DevCommand::new);
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("check", CheckCommand::new);
        COMMANDS.put("backup", BackupCommand::new);
        COMMANDS.put("health", HealthCommand::new);
        COMMANDS.put("queues", QueuesCommand::new);
        COMMANDS.put("push", PushCommand::new);
        COMMANDS.put("peek", PeekCommand::new);
        COMMANDS.put("pull", PullCommand::new);
        COMMANDS.put("redrive", RedriveCommand::new);
        COMMANDS.put("purge", PurgeCommand::new);
        COMMANDS.put("pause", DeliveryCommand.PauseCommand::new);
        COMMANDS.put("resume", DeliveryCommand.ResumeCommand::new);
        COMMANDS.put("console", ConsoleCommand::new);
        COMMANDS.put("token", TokenCommand::new);
        COMMANDS.put("env", EnvCommand::new);
        COMMANDS.put("config", ConfigCommand::new);
        COMMANDS.put("bench", BenchCommand::new);
        COMMANDS.put("training-run", TrainingRunCommand::new);
        COMMANDS.put(COMPLETION, AutoComplete.GenerateCompletion::new);
    }

    @Spec
    private CommandSpec spec;

    private Main() {}

    /** Parses the arguments and exits with the exit code of the chosen command. */
    public static void main(String[] args) {
        // Before any other class is loaded: libraries change case and format numbers in the default locale. In Turkish,
        // for example, the lower case of I is not i. The input and output of Sluice must not depend on the machine's
        // locale.
        Locale.setDefault(Locale.ROOT);
        OutOfMemoryExit.install();
        if (args.length > 0 && args[0].equals("serve")) {
            // The server replaces this handler once there is something to reload; until then SIGHUP must not end it.
            ReloadSignal.handle(() -> {});
            StopHook.install();
        }
        int exitCode = run(args);
        StopHook.onEnded(exitCode);
        System.exit(exitCode);
    }

    /** Runs the command that the arguments name; returns the exit code. */
    public static int run(String... args) {
        CommandLine commandLine = commandLine(args);
        commandLine.setParameterExceptionHandler(
                (failure, arguments) -> printError(String.valueOf(failure.getMessage())));
        commandLine.setExecutionExceptionHandler(
                (failure, command, parsed) -> printError(StartException.lineOf(failure), exitCodeOf(failure)));
        try {
            return commandLine.execute(args);
        } catch (Error failure) {
            // picocli passes only exceptions to its handler; a library that cannot be loaded is an Error.
            return printError(StartException.lineOf(failure));
        }
    }

    /**
     * The parser of these arguments. Registers only the requested command, or all if there is none: each registered
     * command makes the start slower.
     */
    public static CommandLine commandLine(String... args) {
        CommandLine commandLine = new CommandLine(new Main());
        // A completion script names all commands.
        @Nullable
        Supplier<Object> requested = args.length == 0 || args[0].equals(COMPLETION) ? null : COMMANDS.get(args[0]);
        if (requested != null) {
            commandLine.addSubcommand(args[0], requested.get());
        } else {
            COMMANDS.forEach((name, command) -> commandLine.addSubcommand(name, command.get()));
        }
        return commandLine.registerConverter(Path.class, Main::path);
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException unmappable) {
            throw new TypeConversionException(StartException.lineOf(unmappable));
        }
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "a command is missing; try: sluice dev, sluice serve, or sluice --help");
    }

    private static int printError(String line) {
        return printError(line, CANNOT_START);
    }

    private static int printError(String line, int exitCode) {
        System.err.println("sluice: " + TerminalText.visible(line.replaceAll("\\s*\\R\\s*", " ")));
        return exitCode;
    }

    /** Damage and lack of memory have exit codes of their own, so that a supervisor can decide not to restart. */
    private static int exitCodeOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreCorruptException) {
                return DAMAGED;
            }
            if (cause instanceof OutOfMemoryError) {
                return OUT_OF_MEMORY;
            }
        }
        return CANNOT_START;
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"sluice " + (version == null ? "(not packaged)" : version)};
        }
    }
}
