package dev.sluice.telemetry;

import dev.sluice.config.ConfigException;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Starts the SDK of OpenTelemetry. It reads the standard variables itself. */
final class TelemetrySdk {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(TelemetrySdk.class);
    private static final long CLOSE_SECONDS_MAX = 3;
    private static final String SCOPE = "dev.sluice";
    private static final Pattern PROPERTY = Pattern.compile("otel(\\.[a-z0-9_-]+)+");
    /** Only traces are exported, whatever the environment says of other signals. */
    private static final Map<String, String> ONLY_TRACES =
            Map.of("otel.traces.exporter", "otlp", "otel.metrics.exporter", "none", "otel.logs.exporter", "none");
    /** The log of the SDK. Kept, because a logger that is not referenced loses its handlers. */
    private static final Logger SDK_LOG = Logger.getLogger("io.opentelemetry");

    private TelemetrySdk() {}

    static Telemetry open(TelemetryEnvironment variables) {
        logWithSlf4j();
        OpenTelemetrySdk sdk;
        try {
            sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .setServiceClassLoader(TelemetrySdk.class.getClassLoader())
                    .addPropertiesSupplier(variables::properties)
                    .addPropertiesCustomizer(properties -> ONLY_TRACES)
                    .addSamplerCustomizer((sampler, properties) -> new LinkedSampler(sampler))
                    .build()
                    .getOpenTelemetrySdk();
        } catch (RuntimeException refused) {
            throw new ConfigException("OpenTelemetry: " + withVariables(String.valueOf(refused.getMessage())));
        }
        LOG.info("Traces are exported to {}", variables.endpoint());
        return new Telemetry(
                new OpenTelemetryTracing(sdk.getSdkTracerProvider().get(SCOPE), variables.readsContexts()),
                () -> close(sdk));
    }

    /** The SDK logs with java.util.logging, which would print to standard error in its own format. */
    private static void logWithSlf4j() {
        if (SDK_LOG.getHandlers().length == 0) {
            SDK_LOG.setUseParentHandlers(false);
            SDK_LOG.addHandler(new LineHandler());
        }
    }

    /** A collector that is away is one line, not a stack trace. */
    private static final class LineHandler extends SLF4JBridgeHandler {
        @Override
        public void publish(LogRecord record) {
            Throwable cause = record.getThrown();
            if (cause != null) {
                record.setMessage(record.getMessage() + ": " + cause);
                record.setThrown(null);
            }
            super.publish(record);
        }
    }

    /** The names of properties as those of their variables. */
    private static String withVariables(String message) {
        return PROPERTY.matcher(message)
                .replaceAll(match ->
                        match.group().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
    }

    private static CompletionStage<Void> close(OpenTelemetrySdk sdk) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        CompletableResultCode result = sdk.shutdown();
        result.whenComplete(() -> closed.complete(null));
        return closed.completeOnTimeout(null, CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
