package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/** The format of account, queue, consumer and subscription ids: 32 hexadecimal digits. */
public final class Identifiers {
    static final int LENGTH = 32;

    private Identifiers() {}

    /** The id in lower case, or null if it does not have the format. */
    public static @Nullable String normalize(@Nullable String id) {
        if (id == null || id.length() != LENGTH) {
            return null;
        }
        boolean lower = true;
        for (int i = 0; i < LENGTH; i++) {
            char c = id.charAt(i);
            if (c >= 'A' && c <= 'F') {
                lower = false;
            } else if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return null;
            }
        }
        return lower ? id : id.toLowerCase(java.util.Locale.ROOT);
    }
}
