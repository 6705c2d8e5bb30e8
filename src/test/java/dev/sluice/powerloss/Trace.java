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

/** Runs a process under strace, and reads what it printed. */
final class Trace {
    /** What changes files or makes changes durable. A question mark: not every machine has it. */
    private static final String CALLS = "?open,openat,?creat,write,pwrite64,writev,pwritev,?pwritev2,fsync,fdatasync,"
            + "sync_file_range,?rename,?renameat,renameat2,?unlink,unlinkat,?link,linkat,ftruncate,truncate,fallocate,"
            + "?mkdir,mkdirat,?rmdir,copy_file_range,sendfile,splice,?sync,syncfs,msync";

    private static final int STRING_BYTES_MAX = 16 << 20;
    private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+)\\.(\\d{6}) (.*)", Pattern.DOTALL);
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)", Pattern.DOTALL);
    private static final String UNFINISHED = " <unfinished ...>";

    /** Between the arguments and what it returned; the time it took comes last. */
    private static final Pattern ENDED =
            Pattern.compile("(.*?)\\((.*)\\) *= (-?\\d+).* <(\\d+)\\.(\\d{6})>", Pattern.DOTALL);

    private record Begun(String text, long micros, long line) {}

    private final List<SystemCall> calls = new ArrayList<>();
    private final Map<String, Begun> begun = new HashMap<>();
    private long lineNumber;

    private Trace() {}

    /** Why nothing can be traced here; empty if it can. */
    static Optional<String> unavailable(Path scratch) throws IOException, InterruptedException {
        Path output = scratch.resolve("trial");
        try {
            List<String> command = new ArrayList<>(command(output));
            command.add("true");
            Process trial =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = trial.waitFor(TestTimeout.SECONDS, TimeUnit.SECONDS);
            return ended && trial.exitValue() == 0 ? Optional.empty() : Optional.of("strace may not trace: " + said);
        } catch (IOException absent) {
            return Optional.of("strace is not installed");
        }
    }

    /** What to put before a command to have its calls written to a file. */
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

    /** Reads the calls that ended, in that order. */
    static List<SystemCall> read(Path output) throws IOException {
        Trace trace = new Trace();
        try (BufferedReader lines = Files.newBufferedReader(output, StandardCharsets.ISO_8859_1)) {
            String line;
            while ((line = lines.readLine()) != null) {
                trace.take(line);
            }
        }
        return trace.calls;
    }

    private void take(String line) {
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
            begun.put(process, new Begun(head, micros, lineNumber));
            return;
        }
        Matcher resumed = RESUMED.matcher(text);
        if (resumed.matches()) {
            Begun begin = begun.remove(process);
            if (begin != null) {
                add(begin.text() + resumed.group(2), begin.micros(), begin.line());
            }
        } else {
            add(text, micros, lineNumber);
        }
    }

    private void add(String text, long enteredMicros, long enteredLine) {
        Matcher ended = ENDED.matcher(text);
        if (ended.matches()) {
            long tookMicros = Long.parseLong(ended.group(4)) * 1_000_000 + Long.parseLong(ended.group(5));
            calls.add(new SystemCall(
                    ended.group(1),
                    SystemCall.split(ended.group(2)),
                    Long.parseLong(ended.group(3)),
                    enteredLine,
                    lineNumber,
                    enteredMicros + tookMicros));
        }
    }
}
