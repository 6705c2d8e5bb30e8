package dev.sluice.cli;

import dev.sluice.OutOfMemoryExit;
import dev.sluice.StartException;
import dev.sluice.store.StoreCorruptException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of the fat jar: chooses the command and turns what goes wrong into one line and an exit code. */
@Command(
        name = "sluice",
        description = "A self-hosted, durable message queue that speaks the Cloudflare Queues HTTP API.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        addMethodSubcommands = false)
public final class Main implements Callable<Integer> {
    /** The exit code of a command that did what it was asked. */
    static final int OK = 0;

    /** The exit code when the command line, the configuration or the environment does not allow the command to run. */
    static final int CANNOT_START = 2;

    /** The exit code when a store is damaged. */
    static final int DAMAGED = 3;

    /** The exit code when the Java machine has no memory left; to start again is right, and loses nothing. */
    public static final int OUT_OF_MEMORY = 4;

    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("check", CheckCommand::new);
        COMMANDS.put("backup", BackupCommand::new);
        COMMANDS.put("bench", BenchCommand::new);
    }

    @Spec
    private CommandSpec spec;

    private Main() {}

    /** Parses the arguments and exits with the code that the chosen command answers. */
    public static void main(String[] args) {
        // Before anything else is loaded: libraries change case and write numbers in the default locale, and in Turkish
        // the lower
        // case of I is not i. What Sluice reads and writes must not depend on where it runs.
        Locale.setDefault(Locale.ROOT);
        OutOfMemoryExit.install();
        System.exit(run(args));
    }

    /** Runs the command that the arguments name; answers the exit code. */
    public static int run(String... args) {
        CommandLine commandLine = commandLine(args);
        commandLine.setParameterExceptionHandler((failure, arguments) -> complain(failure.getMessage()));
        commandLine.setExecutionExceptionHandler(
                (failure, command, parsed) -> complain(StartException.lineOf(failure), exitCodeOf(failure)));
        try {
            return commandLine.execute(args);
        } catch (Error failure) {
            // The command line hands over exceptions only; a library that cannot be loaded is an error.
            return complain(StartException.lineOf(failure));
        }
    }

    /** Knows the command that is asked for, or all of them: each one known takes its share of a start. */
    private static CommandLine commandLine(String[] args) {
        CommandLine commandLine = new CommandLine(new Main());
        Supplier<Object> asked = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (asked != null) {
            commandLine.addSubcommand(args[0], asked.get());
        } else {
            COMMANDS.forEach((name, command) -> commandLine.addSubcommand(name, command.get()));
        }
        return commandLine;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing; try: sluice serve, or sluice --help");
    }

    private static int complain(String line) {
        return complain(line, CANNOT_START);
    }

    private static int complain(String line, int exitCode) {
        System.err.println("sluice: " + line.replaceAll("\\s*\\R\\s*", " "));
        return exitCode;
    }

    /** Damage and the end of memory are told from everything else, so that whoever starts the server can refrain from trying again. */
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
