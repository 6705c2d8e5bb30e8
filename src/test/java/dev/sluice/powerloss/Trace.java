package dev.sluice.powerloss;

import dev.sluice.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a process under strace and parses its output. */
final class Trace {
    /** Calls that change files or make changes durable. A question mark: not available on every machine. */
    private static final String CALLS = "?open,openat,?creat,write,pwrite64,writev,pwritev,?pwritev2,fsync,fdatasync,"
            + "sync_file_range,?rename,?renameat,renameat2,?unlink,unlinkat,?link,linkat,ftruncate,truncate,fallocate,"
            + "?mkdir,mkdirat,?rmdir,copy_file_range,sendfile,splice,?sync,syncfs,msync";

    private static final int STRING_BYTES_MAX = 16 << 20;
    private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+)\\.(\\d{6}) (.*)", Pattern.DOTALL);
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)", Pattern.DOTALL);
    private static final String UNFINISHED = " <unfinished ...>";

    /** A completed call: name, arguments, return value, duration. */
    private static final Pattern ENDED =
            Pattern.compile("(.*?)\\((.*)\\) *= (-?\\d+).* <(\\d+)\\.(\\d{6})>", Pattern.DOTALL);

    private record StartedCall(String text, long micros, long line) {}

    private final List<SystemCall> calls = new ArrayList<>();
    private final Map<String, StartedCall> startedCalls = new HashMap<>();
    private long lineNumber;

    private Trace() {}

    /** The reason why tracing does not work here; empty if it does. */
    static Optional<String> unavailable(Path scratch) throws IOException, InterruptedException {
        Path output = scratch.resolve("trial");
        try {
            List<String> command = new ArrayList<>(command(output));
            command.add("true");
            Process trial =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String message = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = trial.waitFor(TestTimeout.SECONDS, TimeUnit.SECONDS);
            return ended && trial.exitValue() == 0 ? Optional.empty() : Optional.of("strace may not trace: " + message);
        } catch (IOException notInstalled) {
            return Optional.of("strace is not installed");
        }
    }

    /** The prefix of a command that writes the system calls of its process to a file. */
    static List<String> command(Path output) {
        return List.of(
                "strace",
                "-f",
                "--seccomp-bpf",
                "-qq",
                "-ttt",
                "-T",
                "-y",
                "-xx",
                "-s",
                Integer.toString(STRING_BYTES_MAX),
                "-e",
                "signal=none",
                "-e",
                "trace=" + CALLS,
                "-o",
                output.toString());
    }

    /** Reads the completed calls, in the order of completion. */
    static List<SystemCall> read(Path output) throws IOException {
        Trace trace = new Trace();
        try (BufferedReader lines = Files.newBufferedReader(output, StandardCharsets.ISO_8859_1)) {
            String line;
            while ((line = lines.readLine()) != null) {
                trace.parse(line);
            }
        }
        return trace.calls;
    }

    private void parse(String line) {
        lineNumber++;
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return;
        }
        String process = matcher.group(1);
        long micros = Long.parseLong(matcher.group(2)) * 1_000_000 + Long.parseLong(matcher.group(3));
        String text = matcher.group(4);
        if (text.endsWith(UNFINISHED)) {
            String head = text.substring(0, text.length() - UNFINISHED.length());
            startedCalls.put(process, new StartedCall(head, micros, lineNumber));
            return;
        }
        Matcher resumed = RESUMED.matcher(text);
        if (resumed.matches()) {
            StartedCall started = startedCalls.remove(process);
            if (started != null) {
                add(started.text() + resumed.group(2), started.micros(), started.line());
            }
        } else {
            add(text, micros, lineNumber);
        }
    }

    private void add(String text, long enteredMicros, long enteredLine) {
        Matcher ended = ENDED.matcher(text);
        if (ended.matches()) {
            long durationMicros = Long.parseLong(ended.group(4)) * 1_000_000 + Long.parseLong(ended.group(5));
            calls.add(new SystemCall(
                    ended.group(1),
                    SystemCall.split(ended.group(2)),
                    Long.parseLong(ended.group(3)),
                    enteredLine,
                    lineNumber,
                    enteredMicros + durationMicros));
        }
    }
}
