package dev.sluice.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The value of {@code workers}: a map from script name to {url, key, timeout_ms}. */
final class WorkerMapType implements ValueType<Map<String, WorkerConfig>> {
    private static final List<String> FIELDS = List.of("url", "key", "key_file", "timeout_ms");
    /** Each target has connections of its own, which must fit into the limit of open files. */
    private static final int WORKERS_MAX = 1_000;
    /** The longest script_name of a consumer; a longer name would never be used. */
    private static final int NAME_CHARS_MAX = 255;

    private static final int TIMEOUT_MILLIS_MIN = 100;
    private static final int TIMEOUT_MILLIS_MAX = 900_000;
    private static final int TIMEOUT_MILLIS_DEFAULT = 30_000;

    @Override
    public Map<String, WorkerConfig> parse(Object raw) throws InvalidValueException {
        Map<String, WorkerConfig> workers = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigMap> worker :
                ConfigMap.map(raw, FIELDS, WORKERS_MAX).entrySet()) {
            if (worker.getKey().length() > NAME_CHARS_MAX) {
                throw new InvalidValueException("", "has a name with more than " + NAME_CHARS_MAX + " characters");
            }
            workers.put(worker.getKey(), worker(worker.getValue()));
        }
        return Collections.unmodifiableMap(workers);
    }

    private static WorkerConfig worker(ConfigMap entry) throws InvalidValueException {
        URI url = url(entry);
        Optional<Path> keyFile = entry.find("key_file", ValueTypes.path());
        Secret key = keyFile.isPresent() ? keyIn(entry, keyFile.get()) : entry.require("key", ValueTypes.secret());
        Optional<String> keyFault = WorkerConfig.keyFault(key.value());
        if (keyFault.isPresent()) {
            throw entry.invalidField(keyFile.isPresent() ? "key_file" : "key", keyFault.get());
        }
        int timeoutMillis = entry.find("timeout_ms", ValueTypes.integer(TIMEOUT_MILLIS_MIN, TIMEOUT_MILLIS_MAX))
                .orElse(TIMEOUT_MILLIS_DEFAULT);
        return new WorkerConfig(url, key, keyFile, timeoutMillis);
    }

    private static Secret keyIn(ConfigMap entry, Path file) throws InvalidValueException {
        if (entry.find("key", ValueTypes.secret()).isPresent()) {
            throw entry.invalidField("key_file", "is set beside key; keep one of them");
        }
        try {
            return SecretFile.read(file);
        } catch (InvalidValueException invalid) {
            throw entry.invalidField("key_file", String.valueOf(invalid.getMessage()));
        }
    }

    private static URI url(ConfigMap entry) throws InvalidValueException {
        String text = entry.require("url", ValueTypes.text());
        Optional<String> fault = WorkerConfig.urlFault(text);
        if (fault.isPresent()) {
            throw entry.invalidField("url", fault.get());
        }
        return URI.create(text);
    }

    @Override
    public String expectation() {
        return "a map from script_name to {url, key, timeout_ms}";
    }

    @Override
    public boolean secret() {
        return true;
    }

    @Override
    public boolean structured() {
        return true;
    }
}
