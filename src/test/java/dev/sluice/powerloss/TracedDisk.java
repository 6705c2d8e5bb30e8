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
 * A model of the files in a directory, built from a trace: their content, and what must survive a power loss. A file
 * keeps what was written before its last sync started. A directory keeps the entries that it had when its last sync
 * ended.
 */
final class TracedDisk {
    /** What is lost of unsynced changes. */
    enum Loss {
        /** All unsynced contents and directory entries are lost. */
        EVERYTHING,
        /** Directory entries are current, contents are as synced: a file that was never synced is empty. */
        CONTENTS,
        /** Directory entries are current. Of each file some of the unsynced writes are kept, the last of them torn. */
        TORN
    }

    private static final class Directory {
        private final Map<String, Object> entries = new TreeMap<>();
        private Map<String, Object> syncedEntries = Map.of();
    }

    private static final class OpenFile {
        private final TracedFile file;
        private final boolean append;
        private long position;

        OpenFile(TracedFile file, boolean append) {
            this.file = file;
            this.append = append;
        }
    }

    private static final Set<String> UNSUPPORTED_CALLS = Set.of(
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

    /** Unpacked from the jar when it is missing or damaged; no other data depends on it. */
    private static final String NATIVE_CODE = "/native";

    private final Path root;
    private final Directory rootDirectory = new Directory();
    private final Map<Integer, OpenFile> openFiles = new HashMap<>();

    /** Starts with an empty directory that survives any power loss. */
    TracedDisk(Path root) {
        this.root = root;
    }

    /** A new process starts, without open files. */
    void restart() {
        openFiles.clear();
    }

    void apply(SystemCall call) {
        if (call.result() < 0) {
            return;
        }
        switch (call.name()) {
            case "open", "creat" -> opened(call, 0);
            case "openat" -> opened(call, 1);
            case "write" -> written(call);
            case "pwrite64" -> {
                if (isTraced(call.descriptorPath(0))) {
                    byte[] bytes = Arrays.copyOf(call.bytes(1), (int) call.result());
                    file(call).write(call.endedLine(), call.number(3), bytes);
                }
            }
            case "ftruncate" -> {
                if (isTraced(call.descriptorPath(0))) {
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
                boolean isUnsupported = UNSUPPORTED_CALLS.contains(call.name())
                        && call.arguments().stream().anyMatch(argument -> mentionsRoot(argument));
                if (isUnsupported) {
                    throw new IllegalStateException("the model does not support this call: " + call);
                }
            }
        }
    }

    /** Creates the directory as a power loss at this point would leave it. */
    void image(Path target, Loss loss, Random random) throws IOException {
        image(rootDirectory, target, loss, random);
    }

    private void image(Directory directory, Path target, Loss loss, Random random) throws IOException {
        Files.createDirectories(target);
        Map<String, Object> entries = loss == Loss.EVERYTHING ? directory.syncedEntries : directory.entries;
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            Path path = target.resolve(entry.getKey());
            if (entry.getValue() instanceof Directory subdirectory) {
                image(subdirectory, path, loss, random);
            } else {
                TracedFile file = (TracedFile) entry.getValue();
                Files.write(path, loss == Loss.TORN ? file.torn(random) : file.synced());
            }
        }
    }

    private void opened(SystemCall call, int pathIndex) {
        int descriptor = (int) call.result();
        String path = call.path(pathIndex);
        openFiles.remove(descriptor);
        if (!isTraced(path)) {
            return;
        }
        int flags = pathIndex + 1;
        Directory parent = parent(path);
        Object entry = parent.entries.get(nameOf(path));
        if (entry == null && call.has(flags, "O_CREAT")) {
            entry = new TracedFile();
            parent.entries.put(nameOf(path), entry);
        }
        if (entry instanceof TracedFile file) {
            if (call.has(flags, "O_TRUNC")) {
                file.resize(call.endedLine(), 0);
            }
            openFiles.put(descriptor, new OpenFile(file, call.has(flags, "O_APPEND")));
        }
    }

    private void written(SystemCall call) {
        if (isTraced(call.descriptorPath(0))) {
            OpenFile to = openFiles.get(call.descriptor(0));
            long offset = to.append ? to.file.currentSize() : to.position;
            to.file.write(call.endedLine(), offset, Arrays.copyOf(call.bytes(1), (int) call.result()));
            to.position = offset + call.result();
        }
    }

    private void allocated(SystemCall call) {
        if (isTraced(call.descriptorPath(0)) && !call.has(1, "FALLOC_FL_KEEP_SIZE")) {
            long end = call.number(2) + call.number(3);
            file(call).resize(call.endedLine(), Math.max(end, file(call).currentSize()));
        }
    }

    private void synced(SystemCall call) {
        String path = call.descriptorPath(0);
        if (path.equals(root.toString()) || isTraced(path)) {
            if (find(path) instanceof Directory directory) {
                directory.syncedEntries = new TreeMap<>(directory.entries);
            } else {
                file(call).synced(call.enteredLine());
            }
        }
    }

    private void renamed(String from, String to) {
        if (isTraced(from) || isTraced(to)) {
            parent(to).entries.put(nameOf(to), parent(from).entries.remove(nameOf(from)));
        }
    }

    private void removed(String path) {
        if (isTraced(path)) {
            parent(path).entries.remove(nameOf(path));
        }
    }

    private void made(String path) {
        if (isTraced(path)) {
            parent(path).entries.put(nameOf(path), new Directory());
        }
    }

    private TracedFile file(SystemCall call) {
        return openFiles.get(call.descriptor(0)).file;
    }

    private boolean isTraced(String path) {
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

    /** Returns a file, a directory, or null. */
    private Object find(String path) {
        Object entry = rootDirectory;
        for (Path name : root.relativize(Path.of(path))) {
            if (!name.toString().isEmpty()) {
                entry = entry instanceof Directory directory ? directory.entries.get(name.toString()) : null;
            }
        }
        return entry;
    }
}
