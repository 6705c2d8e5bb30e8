package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runtime.metrics.MetricDescription;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alert rules, dashboard, runbooks and the list of metrics fit a running server. */
class MonitoringDocumentsTest {
    private static final Path ALERTS = Path.of("conf/prometheus/alerts.yaml");
    private static final Path DASHBOARD = Path.of("conf/grafana/sluice.json");
    private static final Path RUNBOOKS = Path.of("docs/operations.md");
    private static final Path METRICS = Path.of("docs/metrics.md");

    private static final Pattern METRIC_NAME = Pattern.compile("\\b(?:sluice|jvm|process)_[a-z0-9_]+");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");

    private static RunningServer server;
    private static Set<String> names;

    @BeforeAll
    static void scrape(@TempDir Path directory) throws Exception {
        server = new RunningServer("storage.engine=rocksdb", "storage.directory=" + directory.resolve("data"));
        URI uri = URI.create("http://127.0.0.1:" + server.managementPort() + "/metrics");
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
        names = new TreeSet<>();
        TYPE.matcher(text).results().forEach(type -> addNames(type.group(1), type.group(2)));
        server.metrics().forEach(metric -> addNames(metric.name(), metric.type()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void addNames(String name, String type) {
        names.add(name);
        if (type.equals("histogram") || type.equals("summary")) {
            names.addAll(List.of(name + "_bucket", name + "_sum", name + "_count"));
        }
    }

    @Test
    void theAlertRulesUseMetricsOfTheServerOnly() throws Exception {
        String rules = Files.readAllLines(ALERTS).stream()
                .filter(line -> line.contains("expr:"))
                .collect(Collectors.joining("\n"));

        assertThat(matches(METRIC_NAME, rules, 0)).isNotEmpty().isSubsetOf(names);
    }

    @Test
    void theDashboardUsesMetricsOfTheServerOnly() throws Exception {
        String dashboard = new JsonObject(Files.readString(DASHBOARD)).encode();

        assertThat(matches(METRIC_NAME, dashboard, 0)).hasSizeGreaterThan(30).isSubsetOf(names);
    }

    @Test
    void everyAlertHasARunbookAndEveryRunbookAnAlert() throws Exception {
        String rules = Files.readString(ALERTS);
        Set<String> alerts = matches(ALERT, rules, 1);
        Set<String> runbooks =
                matches(Pattern.compile("^## (Sluice\\w+)$", Pattern.MULTILINE), Files.readString(RUNBOOKS), 1);

        assertThat(runbooks).isEqualTo(alerts);
        assertThat(alerts)
                .allMatch(alert -> rules.contains("runbook: docs/operations.md#" + alert.toLowerCase(Locale.ROOT)));
    }

    @Test
    void theAlertRulesFireWhenTheyShould() throws Exception {
        assertThat(Promtool.run("", "check", "rules", ALERTS.toString())).contains("SUCCESS");
        assertThat(Promtool.run("", "test", "rules", "src/test/prometheus/alerts-test.yaml"))
                .contains("SUCCESS");
        assertThat(Promtool.run("", "check", "config", "conf/prometheus/prometheus.yaml"))
                .contains("SUCCESS");
    }

    @Test
    void everyAlertIsTested() throws Exception {
        assertThat(matches(
                        Pattern.compile("- name: (Sluice\\w+)"),
                        Files.readString(Path.of("src/test/prometheus/alerts-test.yaml")),
                        1))
                .isEqualTo(matches(ALERT, Files.readString(ALERTS), 1));
    }

    /** The expected text is written to {@code target/metrics.md}: copy it from there. */
    @Test
    void theListOfMetricsIsThatOfTheServer() throws Exception {
        String expected = list(server.metrics());
        Files.writeString(Path.of("target/metrics.md"), expected);

        assertThat(Files.readString(METRICS)).isEqualTo(expected);
    }

    private static String list(List<MetricDescription> metrics) {
        String rows = metrics.stream()
                .sorted(Comparator.comparing(MetricDescription::name))
                .map(each -> "| `" + each.name() + "` | " + each.type() + " | "
                        + each.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "))
                        + " | " + each.help() + " |\n")
                .collect(Collectors.joining());
        return """
                # Metrics

                `GET /metrics` of the management port, in the Prometheus text format. [operations.md](operations.md) says what to watch.
                This list is made from the code; a test compares it.

                Queues beyond `metrics.queues_max` are summed up under `account="_other",queue="_other"`. Reading metrics activates no queue.

                | Name | Type | Labels | Meaning |
                |---|---|---|---|
                """
                + rows
                + """

                Process and virtual machine have the standard names of the Prometheus Java client, among them `process_cpu_seconds_total`,
                `process_resident_memory_bytes`, `process_open_fds`, `process_max_fds`, `process_start_time_seconds`, `jvm_memory_used_bytes`,
                `jvm_gc_collection_seconds` and `jvm_threads_current`.
                """;
    }

    private static Set<String> matches(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
