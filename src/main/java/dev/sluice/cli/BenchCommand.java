package dev.sluice.cli;

import dev.sluice.bench.LoadLatency;
import dev.sluice.bench.LoadPlan;
import dev.sluice.bench.LoadProgress;
import dev.sluice.bench.LoadRun;
import dev.sluice.bench.LoadSummary;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice bench}: generates load on a server and prints rates and latencies. */
@Command(
        name = "bench",
        description = "Generate load on a running server and print rates and latencies.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    private static final int SOME_FAILED = 1;
    private static final int STREAMS = 16;
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:CLOUDFLARE_BASE_URL:-http://127.0.0.1:8080/client/v4}",
            description =
                    "The API, up to /client/v4. Default: $$CLOUDFLARE_BASE_URL, or the port of a server on this machine.")
    private String url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:CLOUDFLARE_API_TOKEN}",
            description = "API token. Default: $$CLOUDFLARE_API_TOKEN.")
    private @Nullable String token;

    @Option(
            names = "--account",
            paramLabel = "ID",
            defaultValue = "${env:CLOUDFLARE_ACCOUNT_ID}",
            description = "Account. Default: $$CLOUDFLARE_ACCOUNT_ID.")
    private @Nullable String account;

    @Option(
            names = "--queue",
            paramLabel = "NAME",
            defaultValue = "bench",
            description = "Queue; created if it does not exist. Its messages are not deleted. Default: bench.")
    private String queue;

    @Option(
            names = "--mode",
            paramLabel = "push|cycle",
            defaultValue = "push",
            description = "Only push, or also pull a hundred messages at a time and acknowledge them. Default: push.")
    private String mode;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "64", description = "Connections. Default: 64.")
    private int connections;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Length of the measurement, as 10s or 2m. Default: 10s.")
    private String duration;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "Load before the measurement. Default: 3s.")
    private String warmup;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Pushes per second, sent independently of responses (open loop); latencies count from when each"
                            + " was due. Without it each connection sends its next request after a response (closed loop).")
    private int rate;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "200",
            description = "Body of one message. Default: 200.")
    private int size;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", description = "Messages in one push. Default: 1.")
    private int batch;

    @Option(names = "--http2", description = "HTTP/2 (needs https).")
    private boolean http2;

    @Option(
            names = "--streams",
            paramLabel = "N",
            description = "Concurrent requests on one HTTP/2 connection. Default: " + STREAMS + ".")
    private @Nullable Integer streams;

    @Option(names = "--insecure", description = "Accept any certificate.")
    private boolean insecure;

    @Option(names = "--quiet", description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        LoadPlan plan = plan();
        LoadSummary summary = LoadRun.run(plan, quiet ? progress -> {} : BenchCommand::show);
        System.out.println(json ? json(summary).encodePrettily() : text(summary));
        return summary.failures() + summary.unsent() == 0 ? Main.OK : SOME_FAILED;
    }

    private LoadPlan plan() {
        String apiToken = given(token, "a token is needed: --token, or CLOUDFLARE_API_TOKEN");
        String accountId = given(account, "an account is needed: --account, or CLOUDFLARE_ACCOUNT_ID");
        require(mode.equals("push") || mode.equals("cycle"), "--mode must be push or cycle, not '" + mode + "'");
        inRange("--connections", connections, 1, 10_000);
        inRange("--rate", rate, 0, 10_000_000);
        inRange("--size", size, 0, 100_000_000);
        inRange("--batch", batch, 1, 10_000);
        URI base = base();
        require(!http2 || base.getScheme().equals("https"), "--http2 needs an https URL");
        require(streams == null || http2, "--streams needs --http2");
        int perConnection = streams == null ? STREAMS : streams;
        inRange("--streams", perConnection, 1, 1_000);
        LoadPlan.LoadShape shape =
                new LoadPlan.LoadShape(LoadPlan.Mode.valueOf(mode.toUpperCase(Locale.ROOT)), size, batch);
        return new LoadPlan(
                base,
                apiToken,
                accountId,
                queue,
                shape,
                connections,
                http2 ? perConnection : 1,
                rate,
                millis("--warmup", warmup),
                millis("--duration", duration),
                http2,
                insecure);
    }

    private URI base() {
        try {
            URI base = new URI(url);
            if (base.getHost() != null && ("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
                return base;
            }
        } catch (URISyntaxException e) {
            // Reported below.
        }
        throw invalidOption("--url must be an http or https URL, not '" + url + "'");
    }

    private long millis(String option, String text) {
        Matcher matcher = DURATION.matcher(text);
        require(matcher.matches(), option + " must be a time such as 500ms, 10s or 2m, not '" + text + "'");
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> number;
            case "s" -> number * 1_000;
            default -> number * 60_000;
        };
    }

    private void inRange(String option, int value, int min, int max) {
        require(value >= min && value <= max, option + " must be from " + min + " to " + max + ", not " + value);
    }

    private String given(@Nullable String value, String message) {
        if (value == null || value.isEmpty()) {
            throw invalidOption(message);
        }
        return value;
    }

    private void require(boolean isValid, String message) {
        if (!isValid) {
            throw invalidOption(message);
        }
    }

    private ParameterException invalidOption(String line) {
        return new ParameterException(spec.commandLine(), line);
    }

    private static void show(LoadProgress progress) {
        System.err.printf(
                Locale.ROOT,
                "%4.0f s  %,9d messages/s  push p50 %s  p99 %s  max %s  failed %,d%n",
                progress.seconds(),
                progress.messages(),
                millis(progress.pushes().p50()),
                millis(progress.pushes().p99()),
                millis(progress.pushes().max()),
                progress.failures());
    }

    private static String text(LoadSummary summary) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d messages in %.1f s: %,.0f messages/s%n",
                summary.messages(),
                summary.seconds(),
                summary.messagesPerSecond()));
        summary.latencies()
                .forEach((step, latency) -> text.append(String.format(
                        Locale.ROOT,
                        "%-4s  %,d responses, p50 %s, p90 %s, p99 %s, p99.9 %s, max %s%n",
                        step.name().toLowerCase(Locale.ROOT),
                        latency.count(),
                        millis(latency.p50()),
                        millis(latency.p90()),
                        millis(latency.p99()),
                        millis(latency.p999()),
                        millis(latency.max()))));
        summary.errors()
                .forEach((what, count) ->
                        text.append(String.format(Locale.ROOT, "failed: %s, %,d times%n", what, count)));
        if (summary.unsent() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%,d pushes were due and could not be sent: the rate is too high%n",
                    summary.unsent()));
        }
        return text.toString().stripTrailing();
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.2f ms", micros / 1e3);
    }

    private static JsonObject json(LoadSummary summary) {
        JsonObject latencies = new JsonObject();
        summary.latencies()
                .forEach((step, latency) -> latencies.put(step.name().toLowerCase(Locale.ROOT), json(latency)));
        JsonObject errors = new JsonObject();
        summary.errors().forEach(errors::put);
        return new JsonObject()
                .put("messages", summary.messages())
                .put("seconds", summary.seconds())
                .put("messagesPerSecond", summary.messagesPerSecond())
                .put("latencyMicros", latencies)
                .put("errors", errors)
                .put("unsent", summary.unsent());
    }

    private static JsonObject json(LoadLatency latency) {
        return new JsonObject()
                .put("count", latency.count())
                .put("p50", latency.p50())
                .put("p90", latency.p90())
                .put("p99", latency.p99())
                .put("p999", latency.p999())
                .put("max", latency.max());
    }
}
