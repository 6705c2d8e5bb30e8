package dev.sluice.cli;

import dev.sluice.Server;
import dev.sluice.config.Secret;
import dev.sluice.config.ServerConfig;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What {@code sluice dev} prints when it accepts requests.
 *
 * @param url address of the API without a path
 * @param token empty if none is configured as text
 * @param storage where messages are, for people
 * @param startMillis since the start of the process
 */
record DevReady(
        String url,
        int port,
        int managementPort,
        String accountId,
        String token,
        String storage,
        List<QueueDefinition> queues,
        long startMillis) {

    static DevReady of(Server server, ServerConfig config) {
        String accountId = server.defaultAccountId().orElseThrow();
        return new DevReady(
                ServerProcess.url(server, config),
                server.port(),
                server.managementPort(),
                accountId,
                config.auth().token().map(Secret::value).orElse(""),
                switch (config.storage().engine()) {
                    case KAFKA -> "Messages are in Kafka.";
                    case MEMORY -> "Messages are in memory and end with this process.";
                    case ROCKSDB ->
                        "Messages are in " + config.storage().directory().toAbsolutePath() + ".";
                },
                server.queues(accountId),
                ManagementFactory.getRuntimeMXBean().getUptime());
    }

    private String baseUrl() {
        return url + "/client/v4";
    }

    /** One line for programs. */
    String json() {
        JsonArray described = new JsonArray();
        for (QueueDefinition queue : queues) {
            Consumer consumer = queue.consumer();
            described.add(new JsonObject()
                    .put("name", queue.name())
                    .put("id", queue.queueId())
                    .put("consumer", consumer == null ? null : consumer.type().wireName())
                    .put("deadLetterQueue", consumer == null ? "" : consumer.deadLetterQueue()));
        }
        return new JsonObject()
                .put("ready", true)
                .put("url", url)
                .put("baseURL", baseUrl())
                .put("port", port)
                .put("managementPort", managementPort)
                .put("accountId", accountId)
                .put("token", token)
                .put("queues", described)
                .put("pid", ProcessHandle.current().pid())
                .put("startMillis", startMillis)
                .encode();
    }

    /** Lines for people, which are also lines to paste into a shell. The last one is the ready line. */
    String text() {
        StringBuilder text = new StringBuilder()
                .append("# Sluice for development. ")
                .append(storage)
                .append("\nexport CLOUDFLARE_BASE_URL=")
                .append(baseUrl())
                .append("\nexport CLOUDFLARE_API_BASE_URL=")
                .append(baseUrl())
                .append("\nexport CLOUDFLARE_ACCOUNT_ID=")
                .append(accountId)
                .append("\nexport CLOUDFLARE_API_TOKEN=")
                .append(token)
                .append('\n');
        if (queues.isEmpty()) {
            text.append("# There is no queue yet. --queue NAME creates one, --wrangler those of a Worker.\n");
        } else {
            text.append("# Queues:\n");
            queues.forEach(queue -> text.append("#   ").append(line(queue)).append('\n'));
            text.append("# Push a message:\n").append(push(queues.get(0))).append('\n');
        }
        return text.append("sluice ready on ")
                .append(url)
                .append(" in ")
                .append(startMillis)
                .append(" ms")
                .toString();
    }

    private static String line(QueueDefinition queue) {
        Consumer consumer = queue.consumer();
        String head = queue.name() + "  " + queue.queueId();
        if (consumer == null) {
            return head + "  no consumer";
        }
        return head
                + (consumer.type() == ConsumerType.WORKER ? "  delivered to " + consumer.scriptName() : "  for pulling")
                + ", " + consumer.settings().maxRetries() + " retries"
                + (consumer.deadLetterQueue().isEmpty() ? "" : ", then to " + consumer.deadLetterQueue());
    }

    private static String push(QueueDefinition queue) {
        return "curl -s $CLOUDFLARE_BASE_URL/accounts/$CLOUDFLARE_ACCOUNT_ID/queues/" + queue.queueId()
                + "/messages -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" -d '{\"body\":{\"hello\":\"world\"}}'";
    }
}
