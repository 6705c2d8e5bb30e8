package dev.sluice.wrangler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.ConfigException;
import dev.sluice.config.DeclaredQueue;
import dev.sluice.config.DeclaredQueue.DeclaredConsumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WranglerConfigurationTest {
    private static final String JSONC =
            """
            // The Worker of a shop.
            {
              "name": "shop", /* deployed by hand */
              "queues": {
                "producers": [
                  { "binding": "ORDERS", "queue": "orders", "delivery_delay": 60 },
                  { "binding": "AUDIT", "queue": "audit" },
                ],
                "consumers": [
                  {
                    "queue": "orders", "max_batch_size": 5, "max_batch_timeout": 1.5, "max_retries": 2,
                    "dead_letter_queue": "orders-failed", "max_concurrency": null, "retry_delay": 3,
                  },
                ],
              },
              "env": { "staging": { "queues": { "producers": [{ "binding": "ORDERS", "queue": "orders-staging" }] } } },
            }
            """;

    private static final String TOML =
            """
            # The Worker of a shop.
            name = "shop"

            [[queues.producers]]
            binding = "ORDERS"
            queue = "orders"
            delivery_delay = 60

            [[queues.producers]]
            binding = "AUDIT"
            queue = "audit"

            [[queues.consumers]]
            queue = "orders"
            max_batch_size = 5
            max_batch_timeout = 1.5
            max_retries = 2
            dead_letter_queue = "orders-failed"
            retry_delay = 3

            [env.staging]
            queues.producers = [{ binding = "ORDERS", queue = "orders-staging" }]
            """;

    @TempDir
    private Path directory;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static WranglerConfiguration read(Path file, boolean pushed) {
        return WranglerConfiguration.read(file, Optional.empty(), Limits.DOCUMENTED, pushed);
    }

    @Test
    void jsonWithCommentsAndTomlSayTheSame() throws IOException {
        WranglerConfiguration json = read(file("wrangler.jsonc", JSONC), true);
        WranglerConfiguration toml = read(file("wrangler.toml", TOML), true);

        assertThat(json).isEqualTo(toml);
        assertThat(json.script()).contains("shop");
        assertThat(json.notes()).isEmpty();
        assertThat(json.queues()).extracting(DeclaredQueue::name).containsExactly("orders", "audit");
        DeclaredQueue orders = json.queues().get(0);
        assertThat(orders.settings().deliveryDelaySeconds()).contains(60);
        DeclaredConsumer consumer = orders.consumer().orElseThrow();
        assertThat(consumer.type()).isEqualTo(ConsumerType.WORKER);
        assertThat(consumer.scriptName()).isEqualTo("shop");
        assertThat(consumer.deadLetterQueue()).contains("orders-failed");
        assertThat(consumer.settings().batchSize()).contains(5);
        assertThat(consumer.settings().maxWaitTimeMillis()).contains(1_500);
        assertThat(consumer.settings().maxRetries()).contains(2);
        assertThat(consumer.settings().retryDelaySeconds()).contains(3);
        assertThat(consumer.settings().maxConcurrency()).isEmpty();
    }

    @Test
    void aWorkerThatNoOneDeliversToHasPullConsumersWithTheSameSettings() throws IOException {
        List<DeclaredQueue> queues = read(file("wrangler.jsonc", JSONC), false).queues();

        DeclaredConsumer orders = queues.get(0).consumer().orElseThrow();
        assertThat(orders.type()).isEqualTo(ConsumerType.HTTP_PULL);
        assertThat(orders.scriptName()).isEmpty();
        assertThat(orders.settings().batchSize()).contains(5);
        assertThat(orders.settings().maxRetries()).contains(2);
        assertThat(orders.settings().maxWaitTimeMillis()).isEmpty();
        assertThat(queues.get(1).consumer().orElseThrow().type()).isEqualTo(ConsumerType.HTTP_PULL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrangler.jsonc", "wrangler.toml"})
    void anEnvironmentHasItsOwnQueuesAndName(String name) throws IOException {
        Path file = file(name, name.endsWith(".toml") ? TOML : JSONC);

        WranglerConfiguration staging =
                WranglerConfiguration.read(file, Optional.of("staging"), Limits.DOCUMENTED, true);

        assertThat(staging.script()).contains("shop-staging");
        assertThat(staging.queues()).extracting(DeclaredQueue::name).containsExactly("orders-staging");
        assertThatThrownBy(() -> WranglerConfiguration.read(file, Optional.of("prod"), Limits.DOCUMENTED, true))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(".*" + name + ":\\d+: env has no environment 'prod'; it has staging");
    }

    @Test
    void theNearestFileAboveIsFound() throws IOException {
        Path file = file("wrangler.toml", TOML);
        Path below = Files.createDirectories(directory.resolve("src/queues"));

        assertThat(WranglerConfiguration.find(below)).isEqualTo(file);
        assertThat(WranglerConfiguration.find(
                        Files.createFile(below.resolve("wrangler.json")).getParent()))
                .isEqualTo(below.resolve("wrangler.json"));
    }

    @Test
    void anUnknownFieldIsNotedWithItsLine() throws IOException {
        Path file = file(
                "wrangler.json",
                """
                {"name": "shop", "queues": {
                  "consumers": [
                    {"queue": "orders", "max_batch_sise": 5}]}}
                """);

        assertThat(read(file, false).notes())
                .containsExactly(file + ":3: queues.consumers[0].max_batch_sise is unknown and ignored");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | {^'queues': {^'producers': [{'queue': 'a b'}]}} | queues.producers[0].queue must be 1 to 63 letters,"
                        + " digits, '-' and '_', with a letter or digit at both ends, not 'a b'",
                "2 | {'queues':^{'producers': [{'binding': 'A'}]}} | queues.producers[0].queue is missing",
                "3 | {'queues': {'consumers': [^{'queue': 'a',^'max_batch_size': 101}]}} | queues.consumers[0].max_batch_size"
                        + " must be a whole number from 1 to 100, not '101'",
                "1 | {'queues': {'consumers': [{'queue': 'a', 'max_retries': 1.5}]}} | queues.consumers[0].max_retries must be"
                        + " a whole number from 0 to 100, not '1.5'",
                "1 | {'queues': {'consumers': [{'queue': 'a', 'max_batch_timeout': 61}]}} |"
                        + " queues.consumers[0].max_batch_timeout must be a number of seconds from 0 to 60, not '61'",
                "1 | {'queues': {'consumers': [{'queue': 'a', 'dead_letter_queue': 'a'}]}} |"
                        + " queues.consumers[0].dead_letter_queue must be another queue than its own",
                "1 | {'queues': {'consumers': [{'queue': 'a', 'type': 'push'}]}} | queues.consumers[0].type must be worker or"
                        + " http_pull, not 'push'",
                "1 | {'queues': {'consumers': [{'queue': 'a'}, {'queue': 'a'}]}} | queues.consumers[1].queue has a consumer"
                        + " already: 'a'",
                "1 | {'queues': {'consumers': 5}} | queues.consumers must be a list of tables, not '5'",
                "2 | {'queues':^[]} | queues must be a table, not a list",
                "1 | [] | the document must be a table, not a list",
            })
    void anInvalidValueIsNamedWithFileLineAndKey(int line, String quoted, String error) throws IOException {
        Path file = file("wrangler.jsonc", quoted.replace('\'', '"').replace('^', '\n'));

        assertThatThrownBy(() -> read(file, false))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ":" + line + ": " + error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n\n  name: \"shop\"}",
                "{\n\n  \"name\": \"shop\"",
                "{}\n\n{}",
                "{\"a\": 1,\n\n \"a\": 2}",
                "// only a comment\n\n",
                "{\n\n\"name\": \"\u0001\"}"
            })
    void brokenJsonIsOneLineThatNamesTheFile(String text) throws IOException {
        Path file = file("wrangler.jsonc", text);

        assertThatThrownBy(() -> read(file, false))
                .isInstanceOf(ConfigException.class)
                .message()
                .startsWith(file.toString())
                .doesNotContain("\n");
    }

    @Test
    void brokenTomlIsOneLineThatNamesFileAndLine() throws IOException {
        Path file = file("wrangler.toml", "name = \"shop\"\n[[queues.producers]\nqueue = \"a\"\n");

        assertThatThrownBy(() -> read(file, false))
                .isInstanceOf(ConfigException.class)
                .message()
                .startsWith(file + ":2: is not valid TOML: ")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource({"wrangler.json, '{\"a\": ', nesting depth", "wrangler.toml, 'a = ', nested too deeply"})
    void aFileThatIsNestedTooDeeplyIsOneLine(String name, String beginning, String reason) throws IOException {
        Path file = file(name, beginning + "[".repeat(500_000));

        assertThatThrownBy(() -> read(file, false))
                .isInstanceOf(ConfigException.class)
                .message()
                .startsWith(file + ":1: is not valid ")
                .contains(reason)
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrangler.jsonc", "wrangler.toml"})
    void aByteOrderMarkIsSkipped(String name) throws IOException {
        Path file = file(name, '\uFEFF' + (name.endsWith(".toml") ? TOML : JSONC));

        assertThat(read(file, false).script()).contains("shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrangler.jsonc", "wrangler.toml"})
    void aFileThatIsNotUtf8IsRefused(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, "name = \"caf\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> read(file, false))
                .isInstanceOf(ConfigException.class)
                .hasMessage("cannot read the wrangler configuration " + file + ": it is not UTF-8");
    }

    @Test
    void errorsNameNoSettingOfALibrary() throws IOException {
        Path open = file("open.json", "{\n\"name\": {\"a\": 1");
        Path deep = file("deep.json", "[".repeat(5_000));

        assertThatThrownBy(() -> read(open, false))
                .message()
                .endsWith("expected close marker for Object (it begins in line 2)");
        assertThatThrownBy(() -> read(deep, false)).message().endsWith("exceeds the maximum allowed (1000)");
    }

    @Test
    void aFileWithoutQueuesIsNoted() throws IOException {
        Path file = file("wrangler.json", "{\"name\": \"shop\", \"env\": {\"staging\": {}}}");

        assertThat(read(file, false).notes()).containsExactly(file + " has no queues");
        assertThat(WranglerConfiguration.read(file, Optional.of("staging"), Limits.DOCUMENTED, false)
                        .notes())
                .containsExactly(
                        file + ": environment 'staging' has no queues; as in wrangler, those of the top level do not"
                                + " count for it");
    }

    @Test
    void valuesOfTomlAreNamedWithTheirLines() throws IOException {
        Path file = file("wrangler.toml", TOML.replace("max_batch_size = 5", "max_batch_size = \"five\""));

        assertThatThrownBy(() -> read(file, false))
                .hasMessage(file + ":15: queues.consumers[0].max_batch_size must be a whole number from 1 to 100, not"
                        + " 'five'");
    }

    @Test
    void aMissingNameOrFileIsSaid() throws IOException {
        Path file = file("wrangler.json", "{\"queues\": {}}");

        assertThat(read(file, false).queues()).isEmpty();
        assertThatThrownBy(() -> read(file, true))
                .hasMessage(file + ":1: name is missing: it names the Worker that gets the batches");
        assertThatThrownBy(() -> read(directory.resolve("absent.toml"), false))
                .hasMessage("cannot read the wrangler configuration " + directory.resolve("absent.toml")
                        + ": it does not exist");
    }
}
