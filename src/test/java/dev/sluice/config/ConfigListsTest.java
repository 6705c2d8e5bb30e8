package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.DeclaredQueue.DeclaredSettings;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Structured values: tokens, declared queues and workers. */
class ConfigListsTest {
    private static final String HASH = "ab".repeat(32);
    private static final String ACCOUNT = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path directory;

    @Test
    void tokensAreParsedWithTheirRights() throws IOException {
        AuthConfig auth = withFile("auth:\n  tokens:\n  - {name: app, sha256: " + HASH.toUpperCase(Locale.ROOT)
                        + ", accounts: ['" + ACCOUNT + "'], access: read}")
                .auth();

        AuthConfig.TokenConfig token = auth.tokens().get(0);
        assertThat(token.sha256()).isEqualTo(HASH);
        assertThat(token.accounts()).containsExactly(ACCOUNT);
        assertThat(token.access()).isEqualTo(Access.READ);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{name: a}] | auth.tokens[0].sha256 (--set) is missing",
                "[{name: a, sha256: xyz}] | auth.tokens[0].sha256 (--set) must be 64 hexadecimal digits",
                "[{nam: a}] | auth.tokens[0] (--set) has an unknown field 'nam'; did you mean 'name'?",
                "[3] | auth.tokens[0] (--set) must be a map of",
                "[{name: 3}] | auth.tokens[0].name (--set) must be text"
            })
    void anInvalidTokenEntryIsNamedInTheError(String value, String message) {
        assertRejected("auth.tokens=" + value, message);
    }

    @Test
    void tokensNeedAKnownAccessAnAccountAndTheirOwnName() {
        String good = "{name: a, sha256: " + HASH + ", accounts: ['*'], access: read}";
        assertRejected("auth.tokens=[" + good.replace("read", "admin") + "]", "access (--set) must be read or write");
        assertRejected("auth.tokens=[" + good.replace("['*']", "[]") + "]", "must name at least one account");
        assertRejected("auth.tokens=[" + good.replace("['*']", "[me]") + "]", "must hold account ids");
        assertRejected("auth.tokens=[" + good + "," + good + "]", "auth.tokens[1].name", "used twice");
    }

    @Test
    void declaredQueuesUseTheFieldNamesOfTheApi() throws IOException {
        DeclaredQueue queue = withFile(
                        """
                        queues:
                        - name: orders
                          settings: {delivery_delay: 5, message_retention_period: 600}
                          consumer:
                            type: http_pull
                            dead_letter_queue: failed
                            settings: {batch_size: 50, visibility_timeout_ms: 1000}
                        """)
                .queues()
                .get(0);

        assertThat(queue.account()).isEqualTo(Optional.empty());
        assertThat(queue.settings())
                .isEqualTo(new DeclaredSettings(Optional.of(5), Optional.empty(), Optional.of(600)));
        DeclaredQueue.DeclaredConsumer consumer = queue.consumer().orElseThrow();
        assertThat(consumer.type()).isEqualTo(ConsumerType.HTTP_PULL);
        assertThat(consumer.deadLetterQueue()).isEqualTo(Optional.of("failed"));
        assertThat(consumer.settingsOver(null)).isEqualTo(new ConsumerSettings(50, 3, 0, 1000, 5_000, 0));
    }

    @Test
    void undeclaredFieldsKeepTheirValues() {
        DeclaredQueue queue = withFlags("queues=[{name: a, settings: {delivery_delay: 5}, consumer: {type: http_pull,"
                        + " settings: {max_retries: 9}}}]")
                .queues()
                .get(0);
        DeclaredQueue.DeclaredConsumer consumer = queue.consumer().orElseThrow();
        ConsumerSettings current = new ConsumerSettings(7, 1, 11, 60_000, 5_000, 0);

        assertThat(queue.settings().over(new QueueSettings(1, true, 777))).isEqualTo(new QueueSettings(5, true, 777));
        assertThat(consumer.settingsOver(consumer(ConsumerType.HTTP_PULL, current)))
                .isEqualTo(new ConsumerSettings(7, 9, 11, 60_000, 5_000, 0));
        assertThat(consumer.deadLetterQueueOver(consumer(ConsumerType.HTTP_PULL, current)))
                .isEqualTo("dead");
    }

    @Test
    void aConsumerThatChangesItsTypeKeepsTheSettingsThatBothTypesHave() {
        DeclaredQueue.DeclaredConsumer consumer = withFlags(
                        "queues=[{name: a, consumer: {type: http_pull," + " dead_letter_queue: ''}}]")
                .queues()
                .get(0)
                .consumer()
                .orElseThrow();
        Consumer worker = consumer(ConsumerType.WORKER, new ConsumerSettings(7, 1, 11, 30_000, 1, 2));

        assertThat(consumer.settingsOver(worker)).isEqualTo(new ConsumerSettings(7, 1, 11, 30_000, 5_000, 0));
        assertThat(consumer.deadLetterQueueOver(worker)).isEmpty();
    }

    private static Consumer consumer(ConsumerType type, ConsumerSettings settings) {
        return new Consumer("c", type, "", "dead", settings, 0);
    }

    @Test
    void declaredQueuesAreCheckedAgainstTheLimits() {
        assertRejected(
                "queues=[{name: a, settings: {delivery_delay: 86401}}]", "queues[0].settings.delivery_delay (--set)");
        assertRejected(
                "queues=[{name: a, consumer: {type: kafka}}]", "queues[0].consumer.type (--set) must be http_pull");
        assertRejected("queues=[{name: a, consumer: {type: worker}}]", "queues[0].consumer.script_name (--set)");
        assertRejected("queues=[{name: a}, {name: a}]", "queues[1].name (--set) is used twice: 'a'");
        assertRejected("queues=[{name: a, account: me}]", "queues[0].account (--set) must be 32 hexadecimal digits");
        assertThat(withFlags("limits.delay_seconds_max=100000", "queues=[{name: a, settings: {delivery_delay: 86401}}]")
                        .queues())
                .hasSize(1);
    }

    @Test
    void declaredQueuesNeedAnAccountIfCredentialsAreConfigured() {
        assertThatThrownBy(() -> withFlags("auth.token=t", "queues=[{name: a}]"))
                .hasMessage("queues[0].account (--set) is missing: with configured credentials it is needed here or in"
                        + " auth.account");
        assertThat(withFlags("auth.token=t", "auth.account=0123456789abcdef0123456789abcdef", "queues=[{name: a}]")
                        .queues())
                .hasSize(1);
        assertRejected("auth.account=me", "auth.account (--set) must be 32 lower-case hexadecimal digits");
    }

    @Test
    void workersAreParsedByScriptNameWithADefaultTimeout() throws IOException {
        String file =
                """
                workers:
                  mailer: {url: 'https://example.com/batches?x=1', key: 0123456789abcdefg}
                  audit.eu: {url: 'http://127.0.0.1:3000', key: 0123456789abcdefg, timeout_ms: 500}
                """;
        Map<String, WorkerConfig> workers = withFile(file).workers();

        assertThat(workers.keySet()).containsExactly("mailer", "audit.eu");
        assertThat(workers.get("mailer").url()).hasToString("https://example.com/batches?x=1");
        assertThat(workers.get("mailer").timeoutMillis()).isEqualTo(30_000);
        assertThat(workers.get("audit.eu").timeoutMillis()).isEqualTo(500);
        assertThat(workers.toString()).doesNotContain("0123456789");
    }

    @Test
    void workersMayComeFromTheEnvironment() {
        Map<String, String> environment = Map.of(
                "SLUICE_WORKERS", "{\"mailer\": {\"url\": \"http://localhost\", \"key\": \"0123456789abcdefg\"}}");
        assertThat(ConfigLoader.load(null, environment, List.of()).workers()).containsOnlyKeys("mailer");
        assertThat(ConfigLoader.load(null, Map.of(), List.of()).workers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | workers (--set) must be a map from script_name to {url, key, timeout_ms}",
                "[] | workers (--set) must be a map from script_name to {url, key, timeout_ms}",
                "{7: {}} | workers (--set) has a name that is not text: '7' (put it in quotes)",
                "{w: 3} | workers.w (--set) must be a map of url, key, key_file, timeout_ms",
                "{w: {uri: x}} | workers.w (--set) has an unknown field 'uri'; did you mean 'url'?",
                "{w: {key: 0123456789abcdefg}} | workers.w.url (--set) is missing",
                "{w: {url: 'http://h'}} | workers.w.key (--set) is missing",
                "{w: {url: 'http://h', key: short}} | workers.w.key (--set) must have at least 16 characters",
                "{w: {url: 'ftp://h', key: 0123456789abcdefg}} | workers.w.url (--set) must be an absolute URL",
                "{w: {url: '/batches', key: 0123456789abcdefg}} | workers.w.url (--set) must be an absolute URL",
                "{w: {url: 'http://h:99999', key: 0123456789abcdefg}} | workers.w.url (--set) must be an absolute URL",
                "{w: {url: 'http://a b', key: 0123456789abcdefg}} | workers.w.url (--set) is not a URL",
                "{w: {url: 'http://u:p@h', key: 0123456789abcdefg}} | workers.w.url (--set) must have neither user",
                "{w: {url: 'http://h', key: 0123456789abcdefg, timeout_ms: 99}} | workers.w.timeout_ms (--set) must be"
            })
    void anInvalidWorkerIsNamedInTheErrorWithoutItsKey(String value, String message) {
        assertThatThrownBy(() -> withFlags("workers=" + value))
                .hasMessageStartingWith(message)
                .hasMessageNotContainingAny("0123456789", "u:p");
    }

    @Test
    void listsAndMapsHaveABound() {
        String token = "{name: t%1$d, sha256: " + HASH + ", accounts: ['*'], access: read}";
        String accounts = many(1_001, "'" + ACCOUNT + "'");
        assertRejected(
                "workers={" + many(1_001, "w%d: {url: 'http://h', key: 0123456789abcdefg}") + "}",
                "workers (--set) must have at most 1000 entries, not 1001");
        assertRejected(
                "workers={" + "w".repeat(256) + ": {url: 'http://h', key: 0123456789abcdefg}}",
                "workers (--set) has a name with more than 255 characters");
        assertRejected(
                "auth.tokens=[" + many(1_001, token) + "]", "auth.tokens (--set) must have at most 1000 entries");
        assertRejected(
                "auth.tokens=[" + token.formatted(1).replace("'*'", accounts) + "]",
                "auth.tokens[0].accounts (--set) must have at most 1000 entries");
        assertRejected(
                "management.host_names=[" + many(101, "h%d") + "]",
                "management.host_names (--set) must have at most 100 entries");
        assertThatThrownBy(() -> withFlags("queues=[" + many(3, "{name: q%d}") + "]", "limits.queues_max=2"))
                .hasMessage("queues (--set) must have at most 2 entries, not 3");
        assertThat(withFlags("workers={" + many(1_000, "w%d: {url: 'http://h', key: 0123456789abcdefg}") + "}")
                        .workers())
                .hasSize(1_000);
    }

    private static String many(int count, String entry) {
        return IntStream.range(0, count).mapToObj(entry::formatted).collect(Collectors.joining(","));
    }

    private ServerConfig withFile(String text) throws IOException {
        return ConfigLoader.load(Files.writeString(directory.resolve("sluice.yaml"), text), Map.of(), List.of());
    }

    private static ServerConfig withFlags(String... assignments) {
        return ConfigLoader.load(null, Map.of(), List.of(assignments));
    }

    private static void assertRejected(String assignment, String... parts) {
        assertThatThrownBy(() -> withFlags(assignment))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }
}
