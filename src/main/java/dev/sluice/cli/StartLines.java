package dev.sluice.cli;

import dev.sluice.LoopbackGuard;
import dev.sluice.Server;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig.DurabilityMode;
import dev.sluice.config.StorageConfig.Engine;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says when the server is ready: what runs where, and one line for each setting that is a risk. */
final class StartLines {
    private static final Logger LOG = LoggerFactory.getLogger(StartLines.class);

    private StartLines() {}

    /** Logs them. Blocks, because it resolves host names. */
    static void log(Server server, ServerConfig config) {
        LOG.info(
                "{} on Java {} is ready: API on {}, management port on {}:{}, {}",
                new Main.Version().getVersion()[0],
                Runtime.version(),
                ServerProcess.url(server, config),
                config.management().host(),
                server.managementPort(),
                storage(config));
        risks(config).forEach(LOG::warn);
    }

    private static String storage(ServerConfig config) {
        String directory =
                config.storage().directory().toAbsolutePath().normalize().toString();
        return switch (config.storage().engine()) {
            case MEMORY -> "messages in memory";
            case ROCKSDB -> "messages in " + directory + " with RocksDB";
            case KAFKA -> "messages in Kafka, with a copy in " + directory;
        };
    }

    /** One sentence for each. */
    static List<String> risks(ServerConfig config) {
        List<String> risks = new ArrayList<>();
        if (config.http().tls().isEmpty()
                && !LoopbackGuard.isLoopback(config.http().host())) {
            risks.add(
                    "http.host " + config.http().host() + " can be reached by other machines without TLS: tokens and"
                            + " messages cross the network readable. Set http.tls.cert and http.tls.key, or use a proxy with TLS");
        }
        if (!LoopbackGuard.isLoopback(config.management().host())) {
            risks.add("management.host " + config.management().host() + " can be reached by other machines: they read"
                    + " health and metrics, with the names of queues, without a credential");
        }
        if (config.storage().engine() == Engine.MEMORY) {
            risks.add("storage.engine memory: all messages are lost when this process ends");
        } else if (config.storage().durability() == DurabilityMode.ASYNC) {
            risks.add("storage.durability async: a power failure loses messages that were confirmed");
        }
        if (config.devMode()) {
            risks.add("dev.mode: one request with a token that may write deletes all messages of an account");
        }
        return risks;
    }
}
