package dev.sluice.cli;

import dev.sluice.GeneratedCredentials;
import java.nio.file.Path;

/**
 * The settings of a client, as lines to paste into a shell. The token and an example are printed only if the
 * credentials are new.
 */
public record StartupBanner(String url, GeneratedCredentials credentials) {
    private static final String FIRST_STEPS =
            """

            # Create a queue and push a message:
            QUEUES=$CLOUDFLARE_BASE_URL/accounts/$CLOUDFLARE_ACCOUNT_ID/queues
            AUTH="Authorization: Bearer $CLOUDFLARE_API_TOKEN"
            QUEUE_ID=$(curl -s "$QUEUES" -H "$AUTH" -d '{"queue_name":"hello"}' | grep -o '[0-9a-f]\\{32\\}' | head -1)
            curl -s "$QUEUES/$QUEUE_ID/messages" -H "$AUTH" -d '{"body":"Hello","content_type":"text"}'
            """;

    @Override
    public String toString() {
        return """
                # No credentials are configured. Account and token were made for this server%s:
                export CLOUDFLARE_BASE_URL=%s/client/v4
                export CLOUDFLARE_API_BASE_URL=%s/client/v4
                export CLOUDFLARE_ACCOUNT_ID=%s
                export CLOUDFLARE_API_TOKEN=%s
                """
                        .formatted(location(), url, url, credentials.accountId(), token())
                + (credentials.isNew() ? FIRST_STEPS : "");
    }

    private String location() {
        return credentials.file().map(file -> " and are kept in " + file).orElse(" and last until this process ends");
    }

    private String token() {
        if (credentials.isNew()) {
            return credentials.token().value();
        }
        Path file = credentials.file().orElseThrow();
        return "$(sed -n 's/^token=//p' '" + file + "')";
    }
}
