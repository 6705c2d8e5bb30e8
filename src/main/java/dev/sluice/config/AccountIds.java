package dev.sluice.config;

/** The form of account ids. */
final class AccountIds {
    private AccountIds() {}

    /** Whether it is 32 lower-case hexadecimal digits. */
    static boolean isWellFormed(String account) {
        return account.matches("[0-9a-f]{32}");
    }
}
