package dev.sluice;

import java.nio.file.Path;

/** What a client needs, as lines to paste into a shell. Shows the token only when it was made just now. */
record PasteBlock(String url, Installation installation) {
    @Override
    public String toString() {
        return """
                # No credentials are configured; these were made for you%1$s.
                export CLOUDFLARE_BASE_URL=%2$s/client/v4
                export CLOUDFLARE_API_BASE_URL=%2$s/client/v4
                export CLOUDFLARE_ACCOUNT_ID=%3$s
                export CLOUDFLARE_API_TOKEN=%4$s

                # Create a queue and push a message:
                QUEUES=$CLOUDFLARE_BASE_URL/accounts/$CLOUDFLARE_ACCOUNT_ID/queues
                AUTH="Authorization: Bearer $CLOUDFLARE_API_TOKEN"
                QUEUE_ID=$(curl -s "$QUEUES" -H "$AUTH" -d '{"queue_name":"hello"}' \
                | grep -o '"queue_id":"[0-9a-f]*"' | cut -d'"' -f4)
                curl -s "$QUEUES/$QUEUE_ID/messages" -H "$AUTH" -d '{"body":{"greeting":"hello"}}'
                """
                .formatted(kept(), url, installation.accountId(), token());
    }

    private String kept() {
        return installation.file().map(file -> " and are kept in " + file).orElse(" and last until this process ends");
    }

    private String token() {
        if (installation.isNew()) {
            return installation.token().value();
        }
        Path file = installation.file().orElseThrow();
        return "$(sed -n 's/^token=//p' '" + file + "')";
    }
}
