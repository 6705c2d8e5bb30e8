package dev.sluice.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files below a directory as a trace tells of them: what they are, and what of it a power loss must leave. A file keeps what was
 * written before its last sync began; a directory keeps the names that it had when its last sync ended.
 */
final class TracedDisk {
    /** What is left of things that were not synced. */
    enum Loss {
        /** Nothing: neither contents nor names. */
        EVERYTHING,
        /** Names are as they were last, contents as synced: a file that was never synced is empty. */
        CONTENTS,
        /** Names are as they were last, and of each file some of the last writes are there, the last one cut. */
        TORN
    }

    private static final class Directory {
        private final Map<String, Object> names = new TreeMap<>();
        private Map<String, Object> syncedNames = Map.of();
    }

    private static final class Open {
        private final TracedFile file;
        private final boolean append;
        private long position;

        Open(TracedFile file, boolean append) {
            this.file = file;
            this.append = append;
        }
    }

    private static final Set<String> NOT_EXPECTED = Set.of(
            "writev",
            "pwritev",
            "pwritev2",
            "copy_file_range",
            "sendfile",
            "splice",
            "link",
            "linkat",
            "truncate",
            "msync");

    /** Unpacked from the jar at every start; nothing rests on it. */
    private static final String NATIVE_CODE = "/native";

    private final Path root;
    private final Directory rootDirectory = new Directory();
    private final Map<Integer, Open> open = new HashMap<>();

    /** Begins with an empty directory that is there for good. */
    TracedDisk(Path root) {
        this.root = root;
    }

    /** Another process begins, with no file open. */
    void restart() {
        open.clear();
    }

    void take(SystemCall call) {
        if (call.result() < 0) {
            return;
        }
        switch (call.name()) {
            case "open", "creat" -> opened(call, 0);
            case "openat" -> opened(call, 1);
            case "write" -> written(call);
            case "pwrite64" -> {
                if (isOurs(call.descriptorPath(0))) {
                    byte[] bytes = Arrays.copyOf(call.bytes(1), (int) call.result());
                    file(call).write(call.endedLine(), call.number(3), bytes);
                }
            }
            case "ftruncate" -> {
                if (isOurs(call.descriptorPath(0))) {
                    file(call).resize(call.endedLine(), call.number(1));
                }
            }
            case "fallocate" -> allocated(call);
            case "fsync", "fdatasync" -> synced(call);
            case "rename" -> renamed(call.path(0), call.path(1));
            case "renameat", "renameat2" -> renamed(call.path(1), call.path(3));
            case "unlink", "rmdir" -> removed(call.path(0));
            case "unlinkat" -> removed(call.path(1));
            case "mkdir" -> made(call.path(0));
            case "mkdirat" -> made(call.path(1));
            default -> {
                boolean ours = NOT_EXPECTED.contains(call.name())
                        && call.arguments().stream().anyMatch(argument -> mentionsRoot(argument));
                if (ours) {
                    throw new IllegalStateException("this model does not know what it does: " + call);
                }
            }
        }
    }

    /** Makes the directory as a power loss now would leave it. */
    void image(Path target, Loss loss, Random random) throws IOException {
        image(rootDirectory, target, loss, random);
    }

    private void image(Directory directory, Path target, Loss loss, Random random) throws IOException {
        Files.createDirectories(target);
        Map<String, Object> names = loss == Loss.EVERYTHING ? directory.syncedNames : directory.names;
        for (Map.Entry<String, Object> entry : names.entrySet()) {
            Path path = target.resolve(entry.getKey());
            if (entry.getValue() instanceof Directory below) {
                image(below, path, loss, random);
            } else {
                TracedFile file = (TracedFile) entry.getValue();
                Files.write(path, loss == Loss.TORN ? file.torn(random) : file.synced());
            }
        }
    }

    private void opened(SystemCall call, int pathIndex) {
        int descriptor = (int) call.result();
        String path = call.path(pathIndex);
        open.remove(descriptor);
        if (!isOurs(path)) {
            return;
        }
        int flags = pathIndex + 1;
        Directory parent = parent(path);
        Object found = parent.names.get(nameOf(path));
        if (found == null && call.has(flags, "O_CREAT")) {
            found = new TracedFile();
            parent.names.put(nameOf(path), found);
        }
        if (found instanceof TracedFile file) {
            if (call.has(flags, "O_TRUNC")) {
                file.resize(call.endedLine(), 0);
            }
            open.put(descriptor, new Open(file, call.has(flags, "O_APPEND")));
        }
    }

    private void written(SystemCall call) {
        if (isOurs(call.descriptorPath(0))) {
            Open to = open.get(call.descriptor(0));
            long offset = to.append ? to.file.presentSize() : to.position;
            to.file.write(call.endedLine(), offset, Arrays.copyOf(call.bytes(1), (int) call.result()));
            to.position = offset + call.result();
        }
    }

    private void allocated(SystemCall call) {
        if (isOurs(call.descriptorPath(0)) && !call.has(1, "FALLOC_FL_KEEP_SIZE")) {
            long end = call.number(2) + call.number(3);
            file(call).resize(call.endedLine(), Math.max(end, file(call).presentSize()));
        }
    }

    private void synced(SystemCall call) {
        String path = call.descriptorPath(0);
        if (path.equals(root.toString()) || isOurs(path)) {
            if (find(path) instanceof Directory directory) {
                directory.syncedNames = new TreeMap<>(directory.names);
            } else {
                file(call).synced(call.enteredLine());
            }
        }
    }

    private void renamed(String from, String to) {
        if (isOurs(from) || isOurs(to)) {
            parent(to).names.put(nameOf(to), parent(from).names.remove(nameOf(from)));
        }
    }

    private void removed(String path) {
        if (isOurs(path)) {
            parent(path).names.remove(nameOf(path));
        }
    }

    private void made(String path) {
        if (isOurs(path)) {
            parent(path).names.put(nameOf(path), new Directory());
        }
    }

    private TracedFile file(SystemCall call) {
        return open.get(call.descriptor(0)).file;
    }

    private boolean isOurs(String path) {
        return path.startsWith(root + "/") && !path.contains(NATIVE_CODE);
    }

    private boolean mentionsRoot(String argument) {
        StringBuilder hex = new StringBuilder();
        for (byte each : (root + "/").getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            hex.append(String.format("\\x%02x", each));
        }
        return argument.contains(hex);
    }

    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Directory parent(String path) {
        return (Directory) find(path.substring(0, path.lastIndexOf('/')));
    }

    /** A file, a directory, or null. */
    private Object find(String path) {
        Object found = rootDirectory;
        for (Path name : root.relativize(Path.of(path))) {
            if (!name.toString().isEmpty()) {
                found = found instanceof Directory directory ? directory.names.get(name.toString()) : null;
            }
        }
        return found;
    }
}
