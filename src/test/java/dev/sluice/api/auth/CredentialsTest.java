package dev.sluice.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.Access;
import dev.sluice.config.AuthConfig;
import dev.sluice.config.Secret;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {
    private static final String ACCOUNT = "7f1d2c3b4a5968778695a4b3c2d1e0f9";

    private final Credentials credentials = new Credentials(
            new AuthConfig(
                    Optional.empty(),
                    Optional.of(new AuthConfig.EmailAndKey("Owner@example.com", new Secret("k3y"))),
                    List.of(
                            token("writer", "s3cret", "*", Access.WRITE),
                            token("reader", "other", ACCOUNT, Access.READ)),
                    Optional.empty()),
            Optional.empty());

    private static AuthConfig.TokenConfig token(String name, String secret, String account, Access access) {
        return new AuthConfig.TokenConfig(name, Credentials.sha256Hex(secret), Set.of(account), access);
    }

    private static Credentials only(AuthConfig.TokenConfig... tokens) {
        return new Credentials(
                new AuthConfig(Optional.empty(), Optional.empty(), List.of(tokens), Optional.empty()),
                Optional.empty());
    }

    @ParameterizedTest(name = "{0} | {1} | {2} -> {3}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "Bearer s3cret     | -                 | -     | writer",
                "Bearer other      | -                 | -     | reader",
                "bearer s3cret     | -                 | -     | writer",
                "BEARER   s3cret   | -                 | -     | writer",
                "-                 | owner@example.com | k3y   | auth.email",
                "-                 | OWNER@EXAMPLE.COM | k3y   | auth.email",
                "Bearer s3cret     | owner@example.com | k3y   | auth.email",
                "Bearer s3cret     | owner@example.com | wrong | writer",
                "Bearer wrong      | owner@example.com | k3y   | auth.email",
                "Basic b3duZXI6    | owner@example.com | k3y   | auth.email",
                "Bearer s3cret     | owner@example.com | -     | writer",
                "Bearer s3cret     | -                 | k3y   | writer",
                "-                 | -                 | -     | CREDENTIALS_MISSING",
                "-                 | owner@example.com | -     | CREDENTIALS_MISSING",
                "-                 | -                 | k3y   | CREDENTIALS_MISSING",
                "Bearer wrong      | -                 | -     | NOT_AUTHORIZED",
                "Bearer S3CRET     | -                 | -     | NOT_AUTHORIZED",
                "Bearer s3cret x   | -                 | -     | NOT_AUTHORIZED",
                "Bearer k3y        | -                 | -     | NOT_AUTHORIZED",
                "Bearers3cret      | -                 | -     | NOT_AUTHORIZED",
                "Bearer            | -                 | -     | NOT_AUTHORIZED",
                "Basic s3cret      | -                 | -     | NOT_AUTHORIZED",
                "s3cret            | -                 | -     | NOT_AUTHORIZED",
                "''                | -                 | -     | NOT_AUTHORIZED",
                "-                 | owner@example.com | wrong | NOT_AUTHORIZED",
                "-                 | else@example.com  | k3y   | NOT_AUTHORIZED",
                "-                 | owner@example.com | ''    | NOT_AUTHORIZED",
                "-                 | ''                | k3y   | NOT_AUTHORIZED",
                "-                 | r@example.com     | other | NOT_AUTHORIZED",
            })
    void identifiesTheCallerOfARequest(String authorization, String email, String key, String expected) {
        assertThat(outcome(authorization, email, key)).isEqualTo(expected);
    }

    @Test
    void overlongSecretsAreRefused() {
        String longToken = "x".repeat(1025);
        Credentials knowsLong = only(token("long", longToken, "*", Access.READ));
        assertThatThrownBy(() -> knowsLong.authenticate(request("Bearer " + longToken, null, null)))
                .extracting("error")
                .isEqualTo(EdgeError.NOT_AUTHORIZED);
        assertThat(outcome("Bearer " + "x".repeat(100_000), null, null)).isEqualTo("NOT_AUTHORIZED");
        assertThat(outcome(null, "a".repeat(100_000), "b".repeat(100_000))).isEqualTo("NOT_AUTHORIZED");
    }

    @Test
    void theCallerHasTheConfiguredProperties() {
        Principal reader = credentials.authenticate(request("Bearer other", null, null));
        assertThat(reader).isEqualTo(new Principal("reader", "", Set.of(ACCOUNT), Access.READ, reader.credentialId()));
        assertThat(reader.mayUse(ACCOUNT)).isTrue();
        assertThat(reader.mayUse("0".repeat(32))).isFalse();
        Principal owner = credentials.authenticate(request(null, "owner@example.com", "k3y"));
        assertThat(owner.email()).isEqualTo("Owner@example.com");
        assertThat(owner.mayUse("0".repeat(32))).isTrue();
    }

    @Test
    void aRequestWithoutCredentialsIsRefused() {
        Credentials none = only();
        assertThatThrownBy(() -> none.authenticate(request("Bearer s3cret", null, null)))
                .extracting("error")
                .isEqualTo(EdgeError.NOT_AUTHORIZED);
    }

    @Test
    void anInvalidHashIsRefused() {
        assertThatThrownBy(() -> only(new AuthConfig.TokenConfig("bad", "abc", Set.of("*"), Access.READ)))
                .hasMessage("the SHA-256 of bad must have 64 hexadecimal digits");
        assertThatThrownBy(() -> only(new AuthConfig.TokenConfig("bad", "g".repeat(64), Set.of("*"), Access.READ)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTokenOfTheConfigurationAndAFurtherOneAreAccepted() {
        AuthConfig configured =
                new AuthConfig(Optional.of(new Secret("all")), Optional.empty(), List.of(), Optional.empty());
        Credentials both =
                new Credentials(configured, Optional.of(token("installation", "one", ACCOUNT, Access.WRITE)));
        Principal all = both.authenticate(request("Bearer all", null, null));
        assertThat(all).isEqualTo(new Principal("auth.token", "", Set.of("*"), Access.WRITE, all.credentialId()));
        assertThat(both.authenticate(request("Bearer one", null, null)).name()).isEqualTo("installation");
    }

    private String outcome(String authorization, String email, String key) {
        try {
            return credentials.authenticate(request(authorization, email, key)).name();
        } catch (EdgeException e) {
            return e.error().name();
        }
    }

    private static HttpServerRequest request(String authorization, String email, String key) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        if (authorization != null) {
            headers.add("Authorization", authorization);
        }
        if (email != null) {
            headers.add("X-Auth-Email", email);
        }
        if (key != null) {
            headers.add("X-Auth-Key", key);
        }
        return (HttpServerRequest) Proxy.newProxyInstance(
                CredentialsTest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("getHeader")) {
                        return headers.get(args[0].toString());
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
