package dev.sluice.runtime.redrive;

import java.util.Locale;

/** How far a redrive is. */
public enum RedriveStatus {
    RUNNING,
    /** Every message that it was for has moved, or was skipped. */
    COMPLETED,
    /** Ended on request. */
    CANCELLED,
    /** It cannot go on; the redrive says why. */
    FAILED;

    /** The name in responses and records. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status of a name that {@link #wireName} gave. */
    static RedriveStatus ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
