package dev.sluice.config;

/** An account id: 32 lower-case hexadecimal digits. */
final class AccountIdType implements ValueType<String> {
    @Override
    public String parse(Object raw) throws InvalidValueException {
        if (raw instanceof String account && AccountIds.isWellFormed(account)) {
            return account;
        }
        throw new InvalidValueException();
    }

    @Override
    public String expectation() {
        return "32 lower-case hexadecimal digits, in quotes";
    }
}
