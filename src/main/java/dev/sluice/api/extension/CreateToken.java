package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Credentials;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.control.JsonBody;
import dev.sluice.api.http.Response;
import dev.sluice.config.AccountIds;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.catalog.StoredToken;
import dev.sluice.runtime.catalog.TokenChanges.TokenCreation;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Creates a token. The response has the token; the server keeps only its hash. */
public final class CreateToken implements Operation {
    private static final String PREFIX = "sluice_";
    private static final int TOKEN_BYTES = 20;
    private static final long LIFETIME_SECONDS_MAX = TimeUnit.DAYS.toSeconds(3_650);
    /** No control characters and no other text that is not shown as it is. */
    private static final Pattern NAME = Pattern.compile("[^\\p{C}\\p{Z}]([^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}])?");

    private final TokenAdministration administration;
    private final SecureRandom random = new SecureRandom();

    CreateToken(TokenAdministration administration) {
        this.administration = administration;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        administration.requireOwner(call);
        JsonObject body = JsonBody.read(call.body());
        byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        String token = PREFIX + HexFormat.of().formatHex(secret);
        TokenCreation creation = new TokenCreation(
                name(body),
                Credentials.sha256Hex(token),
                accounts(body, call.caller()),
                mayWrite(body),
                TimeUnit.SECONDS.toMillis(lifetimeSeconds(body)),
                administration.clock().nowMillis());
        return administration
                .changes()
                .createToken(creation)
                .map(created -> Envelope.of(administration.view(created).put("token", token)));
    }

    private static String name(JsonObject body) {
        if (body.getValue("name") instanceof String name
                && name.length() <= StoredToken.NAME_CHARS_MAX
                && NAME.matcher(name).matches()) {
            return name;
        }
        throw refused("name must be text of 1 to " + StoredToken.NAME_CHARS_MAX
                + " characters without control characters, and without a space at its ends.");
    }

    private static boolean mayWrite(JsonObject body) {
        Object access = body.getValue("access");
        if ("write".equals(access) || "read".equals(access)) {
            return access.equals("write");
        }
        throw refused("access must be read or write.");
    }

    private static Set<String> accounts(JsonObject body, Principal creator) {
        if (!(body.getValue("accounts") instanceof JsonArray given)
                || given.isEmpty()
                || given.size() > StoredToken.ACCOUNTS_MAX) {
            throw refused(
                    "accounts must be an array of 1 to " + StoredToken.ACCOUNTS_MAX + " account ids, or of \"*\".");
        }
        Set<String> accounts = new LinkedHashSet<>();
        for (Object each : given) {
            if (!(each instanceof String account) || !(account.equals("*") || AccountIds.isWellFormed(account))) {
                throw refused("accounts must hold account ids of 32 hexadecimal digits, or \"*\" for all.");
            }
            if (!creator.accounts().contains("*") && !creator.mayUse(account)) {
                throw refused("accounts must be some that your own credential may use.");
            }
            accounts.add(account);
        }
        return Set.copyOf(accounts);
    }

    private static long lifetimeSeconds(JsonObject body) {
        Object value = body.getValue("expires_in_seconds");
        if (value == null) {
            return 0;
        }
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= 1
                && ((Number) value).longValue() <= LIFETIME_SECONDS_MAX) {
            return ((Number) value).longValue();
        }
        throw refused("expires_in_seconds must be an integer from 1 to " + LIFETIME_SECONDS_MAX + ".");
    }

    private static QueueException refused(String text) {
        return new QueueException(QueueError.REQUEST_INVALID, text);
    }
}
