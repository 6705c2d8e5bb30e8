package dev.sluice.config;

import dev.sluice.config.AuthConfig.TokenConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The value of {@code auth.tokens}. */
final class TokenListType implements ValueType<List<TokenConfig>> {
    /** Each request is compared with every token. */
    private static final int TOKENS_MAX = 1_000;

    private static final int ACCOUNTS_MAX = 1_000;
    private static final List<String> FIELDS = List.of("name", "sha256", "accounts", "access");

    @Override
    public List<TokenConfig> parse(Object raw) throws InvalidValueException {
        List<TokenConfig> tokens = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ConfigMap entry : ConfigMap.list(raw, FIELDS, TOKENS_MAX)) {
            String name = entry.require("name", ValueTypes.text());
            if (!names.add(name)) {
                throw entry.invalidField("name", "is used twice: '" + name + "'");
            }
            String sha256 = entry.require("sha256", ValueTypes.text()).toLowerCase(Locale.ROOT);
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw entry.invalidField("sha256", "must be 64 hexadecimal digits");
            }
            Access access = entry.require("access", ValueTypes.oneOf(Access.class));
            tokens.add(new TokenConfig(name, sha256, accounts(entry), access));
        }
        return List.copyOf(tokens);
    }

    private static Set<String> accounts(ConfigMap entry) throws InvalidValueException {
        List<?> elements = entry.elements("accounts");
        if (elements.isEmpty()) {
            throw entry.invalidField("accounts", "must name at least one account, or '*' for all");
        }
        if (elements.size() > ACCOUNTS_MAX) {
            throw entry.invalidField("accounts", "must have at most " + ACCOUNTS_MAX + " entries");
        }
        Set<String> accounts = new LinkedHashSet<>();
        for (Object element : elements) {
            if (!(element instanceof String account) || !(account.equals("*") || AccountIds.isWellFormed(account))) {
                throw entry.invalidField(
                        "accounts", "must hold account ids of 32 hexadecimal digits (in quotes), or '*'");
            }
            accounts.add(account);
        }
        return Set.copyOf(accounts);
    }

    @Override
    public String expectation() {
        return "a list of {name, sha256, accounts, access}";
    }

    @Override
    public boolean secret() {
        return true;
    }

    @Override
    public boolean structured() {
        return true;
    }
}
