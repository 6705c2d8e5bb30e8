package dev.sluice.config;

/** The form of account ids. */
public final class AccountIds {
    private AccountIds() {}

    /** Whether it is 32 lower-case hexadecimal digits. */
    public static boolean isWellFormed(String account) {
        return account.matches("[0-9a-f]{32}");
    }
}
