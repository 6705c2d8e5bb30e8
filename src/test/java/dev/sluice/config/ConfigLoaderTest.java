package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    private static final String HASH = "ab".repeat(32);

    @TempDir
    private Path directory;

    @Test
    void withoutAnySourceEveryValueIsTheDefault() {
        ServerConfig config = ConfigLoader.load(null, Map.of(), List.of());

        assertThat(config.http().host()).isEqualTo("127.0.0.1");
        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.http().eventLoops()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.http().tls()).isEmpty();
        assertThat(config.management()).isEqualTo(new ManagementConfig("127.0.0.1", 8081, List.of(), 1_000));
        assertThat(config.storage())
                .isEqualTo(new StorageConfig(
                        StorageConfig.Engine.ROCKSDB, Path.of("data"), StorageConfig.DurabilityMode.FSYNC, 256L << 20));
        assertThat(config.auth().isEmpty()).isTrue();
        assertThat(config.limits()).isEqualTo(Limits.DOCUMENTED);
        assertThat(config.queues()).isEmpty();
        assertThat(config.windowBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 100 * 25);
    }

    @Test
    void flagsOverrideEnvironmentOverridesFileOverridesDefaults() {
        Path file = yaml("http: {port: 1, host: file.example, body_timeout: 5s}");
        Map<String, String> environment = Map.of("SLUICE_HTTP_PORT", "2", "SLUICE_HTTP_HOST", "env.example");

        HttpConfig http =
                ConfigLoader.load(file, environment, List.of("http.port=3")).http();

        assertThat(http.port()).isEqualTo(3);
        assertThat(http.host()).isEqualTo("env.example");
        assertThat(http.bodyTimeoutMillis()).isEqualTo(5_000);
        assertThat(http.headerTimeoutMillis()).isEqualTo(10_000);
    }

    @Test
    void theLastFlagForAKeyWins() {
        assertThat(withFlags("http.port=1", "http.port=2").http().port()).isEqualTo(2);
    }

    @Test
    void anEmptyValueMeansTheDefault() {
        Path file = yaml("auth:\n  token: from-file\nhttp:\n");

        assertThat(ConfigLoader.load(file, Map.of(), List.of()).auth().isEmpty())
                .isFalse();
        assertThat(ConfigLoader.load(file, Map.of("SLUICE_AUTH_TOKEN", ""), List.of())
                        .auth()
                        .isEmpty())
                .isTrue();
    }

    @Test
    void keysMayBeDottedOrNestedInAFileButNotBoth() {
        assertThat(withFile("http.tls: {}\nhttp.port: 9").http().port()).isEqualTo(9);
        assertRejected(yaml("http.port: 9\nhttp: {port: 9}"), "http.port is set twice");
    }

    @Test
    void everyKeyCanBeSetFromTheEnvironment() {
        for (ConfigKey<?> key : ConfigKeys.all()) {
            assertThat(ConfigKeys.findByEnvironmentName(key.environmentName())).isSameAs(key);
        }
        Map<String, String> environment = Map.of(
                "SLUICE_AUTH_TOKENS", "[{name: ci, sha256: " + HASH + ", accounts: ['*'], access: write}]",
                "SLUICE_LIMITS_MESSAGE_BYTES_MAX", "1000",
                "SLUICE_MESSAGES_STRICT_JSON_BODIES", "true",
                "PATH", "/bin");

        ServerConfig config = ConfigLoader.load(null, environment, List.of());

        assertThat(config.auth().tokens()).hasSize(1);
        assertThat(config.limits().messageBytesMax()).isEqualTo(1000);
        assertThat(config.messages().strictJsonBodies()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "SLUICE_SERVICE_HOST,10.0.0.1",
        "SLUICE_SERVICE_PORT,80",
        "SLUICE_SERVICE_PORT_HTTP,80",
        "SLUICE_PORT,tcp://10.0.0.1:80",
        "SLUICE_PORT_80_TCP_ADDR,10.0.0.1",
        "SLUICE_METRICS_SERVICE_HOST,10.0.0.2",
        "SLUICE_METRICS_PORT,tcp://[fd00::2]:8081",
        "SLUICE_HTTP_SERVICE_HOST,10.0.0.2",
        "SLUICE_HTTP_SERVICE_PORT,8080",
        "SLUICE_HTTP_PORT,tcp://10.0.0.2:9090",
        "SLUICE_HTTP_PORT_8080_TCP,tcp://10.0.0.2:8080",
        "SLUICE_HTTP_PORT_8080_TCP_PROTO,tcp",
        "SLUICE_MANAGEMENT_PORT,udp://10.0.0.2:9090",
        "SLUICE_MANAGEMENT_SERVICE_PORT_WEB,8081",
        "SLUICE_VERSION,1.2.3",
        "SLUICE_HOME,/opt/sluice",
        "SLUICE_IMAGE_TAG,latest",
        "SLUICE_JAVA_OPTS,-Xmx1g",
        "SLUICE_NAME,/web/sluice",
        "SLUICE_ENV_PATH,/bin",
        "SLUICE_HTTP_PROXY,http://10.0.0.9:3128",
        "SLUICE_HTTP_NAME,/web/sluice-http",
        "SLUICE_HTTP_ENV_PATH,/bin",
        "SLUICE_HTTP_HOME,/srv/http",
        "SLUICE_HTTP_ID,7",
        "SLUICE_MEMORY_LIMIT,512Mi",
        "SLUICE_MEMORY_MAX,512Mi",
        "SLUICE_LIMITS_CPU,2",
        "SLUICE_LIMITS_MEMORY,512Mi",
        "SLUICE_STORAGE_CLASS,standard",
        "SLUICE_STORAGE_SIZE,10Gi",
        "SLUICE_LOG_DIR,/var/log",
        "SLUICE_LOG_FILE,/var/log/sluice",
        "SLUICE_SHUTDOWN_HOOK,/bin/true",
        "SLUICE_QUEUES_DASHBOARD,http://10.0.0.3",
        "SLUICE_HTTP_,1",
        "SLUICE_,1"
    })
    void variablesOfServicesAndImagesAreIgnored(String name, String value) {
        ServerConfig config = ConfigLoader.load(null, Map.of(name, value), List.of());

        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.management().port()).isEqualTo(8081);
    }

    @Test
    void unknownVariablesOfImagesAreReportedAndServiceLinksAreNot() {
        assertThat(ConfigLoader.ignoredVariables(Map.of(
                        "SLUICE_VERSION", "1.2.3",
                        "SLUICE_HOME", "/opt/sluice",
                        "SLUICE_HTTP_PORT", "tcp://10.0.0.2:8080",
                        "SLUICE_LOG_LEVEL", "info",
                        "SLUICE_METRICS_SERVICE_HOST", "10.0.0.2",
                        "PATH", "/bin")))
                .containsExactly("SLUICE_HOME", "SLUICE_VERSION");
    }

    @ParameterizedTest
    @CsvSource({
        "SLUICE_HTTP_PROT,SLUICE_HTTP_PORT",
        "SLUICE_HTTPPORT,SLUICE_HTTP_PORT",
        "SLUICE_http_port,SLUICE_HTTP_PORT",
        "SLUICE_PORT,SLUICE_HTTP_PORT",
        "SLUICE_TOKEN,SLUICE_AUTH_TOKEN",
        "SLUICE_STORGE_DIRECTORY,SLUICE_STORAGE_DIRECTORY",
        "SLUICE_STORAGE_DIRECTRY,SLUICE_STORAGE_DIRECTORY",
        "SLUICE_STORAGE_DIR,SLUICE_STORAGE_DIRECTORY",
        "SLUICE_HTTP_TLS_CERTIFICATE,SLUICE_HTTP_TLS_CERT",
        "SLUICE_HTTP_TLS_CA,SLUICE_HTTP_TLS_CLIENT_CA",
        "SLUICE_HTTP_HOSTNAME,SLUICE_HTTP_HOST",
        "SLUICE_HTTP_MAX_CONNECTIONS,SLUICE_HTTP_CONNECTIONS_MAX",
        "SLUICE_MEMORY_WINDOW,SLUICE_MEMORY_WINDOW_BYTES",
        "SLUICE_LIMITS_MESSAGE_BYTES,SLUICE_LIMITS_MESSAGE_BYTES_MAX",
        "SLUICE_LOG_LVL,SLUICE_LOG_LEVEL",
        "SLUICE_CERT,SLUICE_HTTP_TLS_CERT",
        "SLUICE_QUEUE,SLUICE_QUEUES"
    })
    void aMisspeltVariableIsRejectedWithASuggestion(String unknown, String known) {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(unknown, "1"), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown environment variable " + unknown + "; did you mean " + known + "?");
    }

    @ParameterizedTest
    @CsvSource({
        "http.prt,http.port",
        "storage.durabilty,storage.durability",
        "limits.message_bytes,limits.message_bytes_max"
    })
    void anUnknownKeyIsRejectedWithASuggestion(String unknown, String known) {
        assertRejected(unknown + "=1", "unknown key '" + unknown + "' in --set; did you mean '" + known + "'?");
        assertRejected(yaml(unknown + ": 1"), "did you mean '" + known + "'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http.port=-1",
                "http.port=65536",
                "http.port=http",
                "http.port=8080.5",
                "http.event_loops=999",
                "http.header_timeout=10",
                "http.idle_timeout=0s",
                "http.idle_timeout=999999999h",
                "storage.engine=sqlite",
                "storage.durability=FSYNC",
                "messages.strict_json_bodies=yes",
                "messages.json_body_encoding=hex",
                "memory.window_bytes=0%",
                "memory.window_bytes=1",
                "memory.window_bytes=999999999999999999GiB",
                "limits.backlog_bytes_max=-1",
                "limits.message_bytes_max=0",
                "auth.tokens=yes",
                "auth.token=two words",
                "queues={}",
                "log.level=loud"
            })
    void aValueOutOfRangeOrOfTheWrongTypeIsOneLineWithItsKey(String assignment) {
        String key = assignment.substring(0, assignment.indexOf('='));
        assertThatThrownBy(() -> withFlags(assignment))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(key + " (--set) must be ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anErrorNamesTheValueAndItsSource() {
        Path file = yaml("http:\n  port: many\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of(), List.of()))
                .hasMessage("http.port (" + file + ") must be a whole number from 0 to 65535, not 'many'");
    }

    @Test
    void textThatYamlParsesAsANumberMustBeQuoted() {
        assertRejected(yaml("auth: {token: 0123}"), "auth.token", "in quotes");
        assertThat(withFile("auth: {token: '0123'}").auth().token()).contains(new Secret("0123"));
    }

    @Test
    void aFileThatIsNotAMapOfKeysIsRejected() {
        assertRejected(yaml("- a"), "must hold a map of keys");
        assertRejected(yaml("http: 3"), "http", "must be a section");
        assertRejected(yaml("http: {port: 1, port: 2}"), "is not valid YAML", "line 1");
        assertRejected(yaml("a: b: c"), "is not valid YAML", "line 1");
        assertRejected(yaml("http: !!java.net.URL [x]"), "is not valid YAML");
        assertRejected(directory.resolve("absent.yaml"), "it does not exist");
        assertThat(withFile("").http().port()).isEqualTo(8080);
    }

    @Test
    void keysThatBelongTogetherAreRequiredTogether() {
        assertRejected("auth.email=a@example.com", "auth.email (--set) is set but auth.key is not");
        assertRejected("http.tls.key=key.pem", "http.tls.key (--set) is set but http.tls.cert is not");
        assertThatThrownBy(() -> withFlags("http.tls.key=absent.pem", "http.tls.cert=absent.pem"))
                .hasMessageContaining("http.tls.cert (--set) names a file that cannot be read");
        assertRejected("http.tls.client_ca=ca.pem", "http.tls.client_ca (--set) is set but http.tls.cert is not");
        assertRejected(
                "http.tls.client_auth=required", "http.tls.client_auth (--set) is set but http.tls.client_ca is not");
        assertRejected(
                "http.tls.client_auth=request", "http.tls.client_auth (--set) is set but http.tls.client_ca is not");
        assertRejected(
                "limits.request_bytes_max=1024", "limits.request_bytes_max must be at least limits.batch_bytes_max");
    }

    @Test
    void clientCertificatesAreRequiredIfTheirAuthoritiesAreConfigured() {
        String pem = yaml("").toString();
        String[] tls = {"http.tls.cert=" + pem, "http.tls.key=" + pem, "http.tls.client_ca=" + pem, "log.level=info"};
        assertThat(withFlags(tls).http().tls().orElseThrow())
                .isEqualTo(new HttpConfig.TlsConfig(
                        Path.of(pem), Path.of(pem), HttpConfig.ClientAuth.REQUIRED, Optional.of(Path.of(pem))));

        tls[3] = "http.tls.client_auth=request";
        assertThat(withFlags(tls).http().tls().orElseThrow().clientAuth()).isEqualTo(HttpConfig.ClientAuth.REQUEST);

        tls[3] = "http.tls.client_auth=none";
        assertThat(withFlags(tls).http().tls().orElseThrow().clientAuthorities())
                .isEmpty();
        assertThat(withFlags("http.tls.client_auth=none").http().tls()).isEmpty();

        tls[3] = "http.tls.client_ca=absent.pem";
        assertThatThrownBy(() -> withFlags(tls))
                .hasMessageContaining("http.tls.client_ca (--set) names a file that cannot be read");
    }

    @Test
    void noSecretIsEverShown() {
        String config = withFlags("auth.token=hush1", "auth.email=a@example.com", "auth.key=hush2")
                .toString();
        assertThat(config).contains("a@example.com", "***").doesNotContain("hush");
        assertThatThrownBy(() -> withFlags("auth.token=hush hush")).hasMessageNotContaining("hush");
        assertThatThrownBy(() -> withFlags("auth.tokens=hush")).hasMessageNotContaining("hush");
    }

    @Test
    void everyLimitHasItsKey() {
        List<String> components = Arrays.stream(Limits.class.getRecordComponents())
                .map(component -> "limits."
                        + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                .toList();
        assertThat(ConfigKeys.all().stream().map(ConfigKey::name).filter(name -> name.startsWith("limits.")))
                .containsExactlyElementsOf(components);
    }

    private Path yaml(String text) {
        try {
            return Files.writeString(Files.createTempFile(directory, "sluice", ".yaml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ServerConfig withFile(String text) {
        return ConfigLoader.load(yaml(text), Map.of(), List.of());
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

    private static void assertRejected(Path file, String... parts) {
        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of(), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"environment", "assignment"})
    void anEmptyValueResetsAKeyToTheDefaultOfTheCommand(String source) {
        Map<String, String> presets = Map.of("storage.engine", "memory", "auth.token", "default-token");
        boolean environment = source.equals("environment");

        ServerConfig config = ConfigLoader.load(
                presets,
                null,
                environment ? Map.of("SLUICE_STORAGE_ENGINE", "", "SLUICE_AUTH_TOKEN", "") : Map.of(),
                environment ? List.of() : List.of("storage.engine=", "auth.token="));

        assertThat(config.storage().engine()).isEqualTo(StorageConfig.Engine.MEMORY);
        assertThat(config.auth().token().orElseThrow().value()).isEqualTo("default-token");
    }

    @Test
    void aDefaultOfTheCommandMayBeAList() {
        Map<String, String> presets = Map.of("queues", "[{name: orders}]");

        assertThat(ConfigLoader.load(presets, null, Map.of(), List.of()).queues())
                .hasSize(1);
        assertThat(ConfigLoader.load(presets, null, Map.of(), List.of("queues="))
                        .queues())
                .hasSize(1);
    }
}
