package dev.sluice.cli;

import dev.sluice.StartException;
import dev.sluice.api.auth.Credentials;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Creates, lists and revokes tokens of a running server. */
@Command(
        name = "token",
        description = "Create, list and revoke tokens of a running server.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        subcommands = {
            TokenCommand.CreateCommand.class,
            TokenCommand.ListCommand.class,
            TokenCommand.RevokeCommand.class,
            TokenCommand.HashCommand.class
        })
final class TokenCommand implements Callable<Integer> {
    private static final String PATH = "/sluice/v1/tokens";
    private static final String JSON_OPTION = "Print the result as JSON.";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "try: sluice token create, list, revoke or hash");
    }

    /** Creates a token and prints it, this once. */
    @Command(
            name = "create",
            description = "Create a token. It is printed this once; the server keeps only its hash.",
            mixinStandardHelpOptions = true)
    static final class CreateCommand implements Callable<Integer> {
        private static final Pattern LIFETIME = Pattern.compile("([1-9]\\d{0,4})([smhd])");

        @Mixin
        private ApiClient api;

        @Parameters(paramLabel = "NAME", description = "Name of the token, for lists and logs.")
        private String name;

        @Option(names = "--write", description = "Allow changes; without it the token may only read.")
        private boolean write;

        @Option(names = "--all-accounts", description = "Allow every account, not only that of this command.")
        private boolean allAccounts;

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                description = "Time until it expires, such as 12h or 90d. Without it the token does not expire.")
        private @Nullable String expires;

        @Option(names = "--json", description = JSON_OPTION)
        private boolean json;

        @Override
        public Integer call() {
            JsonObject body = new JsonObject()
                    .put("name", name)
                    .put("accounts", new JsonArray().add(allAccounts ? "*" : api.accountId()))
                    .put("access", write ? "write" : "read");
            if (expires != null) {
                body.put("expires_in_seconds", seconds(expires));
            }
            JsonObject created = api.send("POST", PATH, body).getJsonObject("result");
            System.out.println(json ? created.encode() : created.getString("token"));
            return Main.OK;
        }

        private static long seconds(String text) {
            Matcher matcher = LIFETIME.matcher(text);
            if (!matcher.matches()) {
                throw new StartException("--expires must be a time like 30m, 12h or 90d");
            }
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "s" -> count;
                case "m" -> TimeUnit.MINUTES.toSeconds(count);
                case "h" -> TimeUnit.HOURS.toSeconds(count);
                default -> TimeUnit.DAYS.toSeconds(count);
            };
        }
    }

    /** Lists all tokens. */
    @Command(
            name = "list",
            description = "List the tokens with their rights and last use.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private ApiClient api;

        @Option(names = "--json", description = "Print one line of JSON for each token.")
        private boolean json;

        @Override
        public Integer call() {
            List<JsonObject> tokens = api.tokens();
            if (json) {
                tokens.forEach(token -> System.out.println(token.encode()));
                return Main.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ID", "NAME", "ACCESS", "ACCOUNTS", "EXPIRES", "LAST USED"));
            tokens.forEach(token -> rows.add(row(token)));
            TerminalText.table(rows).forEach(System.out::println);
            return Main.OK;
        }

        private static List<String> row(JsonObject token) {
            String accounts = String.join(
                    ", ",
                    token.getJsonArray("accounts").stream().map(String::valueOf).toList());
            String expiry = token.getBoolean("expired") ? "expired" : day(token.getString("expires_at"), "never");
            boolean stored = token.getString("source").equals("stored");
            return List.of(
                    stored ? token.getString("id") : "(configuration)",
                    TerminalText.visible(token.getString("name")),
                    token.getString("access"),
                    accounts.equals("*") ? "all" : accounts,
                    expiry,
                    stored ? day(token.getString("last_used_at"), "never") : "-");
        }

        /** The time to the minute, in UTC. */
        private static String day(@Nullable String time, String otherwise) {
            return time == null ? otherwise : time.substring(0, 16).replace('T', ' ') + "Z";
        }
    }

    /** Revokes a token. */
    @Command(
            name = "revoke",
            description = "Revoke a token: requests and console sessions with it are refused at once.",
            mixinStandardHelpOptions = true)
    static final class RevokeCommand implements Callable<Integer> {
        @Mixin
        private ApiClient api;

        @Parameters(paramLabel = "TOKEN", description = "Id or name of the token.")
        private String token;

        @Option(names = "--json", description = JSON_OPTION)
        private boolean json;

        @Override
        public Integer call() {
            JsonObject found = find();
            JsonObject revoked =
                    api.send("DELETE", PATH + "/" + found.getString("id"), null).getJsonObject("result");
            System.out.println(
                    json ? revoked.encode() : TerminalText.visible(revoked.getString("name")) + " is revoked");
            return Main.OK;
        }

        private JsonObject find() {
            Optional<JsonObject> found = api.tokens().stream()
                    .filter(each -> token.equals(each.getString("id")) || token.equals(each.getString("name")))
                    .filter(each -> each.getString("source").equals("stored"))
                    .findFirst();
            return found.orElseThrow(() -> new StartException(
                    "there is no token '" + TerminalText.visible(token) + "' that was created at run time"));
        }
    }

    /** Prints the hash of a token for {@code auth.tokens}. */
    @Command(
            name = "hash",
            description = "Read a token from standard input and print its SHA-256 for auth.tokens.",
            mixinStandardHelpOptions = true)
    static final class HashCommand implements Callable<Integer> {
        private static final int CHARS_MAX = 1_024;

        @Override
        public Integer call() throws IOException {
            String token = new String(System.in.readNBytes(CHARS_MAX + 1), StandardCharsets.UTF_8).strip();
            if (token.isEmpty() || token.length() > CHARS_MAX || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new StartException("standard input must be a token of visible ASCII characters");
            }
            System.out.println(Credentials.sha256Hex(token));
            return Main.OK;
        }
    }
}
