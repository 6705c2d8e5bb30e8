package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * The rule for names of queues (docs/api.md 3.7): 1 to 63 letters, digits, hyphens and underscores, with a letter or
 * digit at both ends.
 */
public final class QueueName {
    private static final int LENGTH_MAX = 63;
    private static final int SHOWN_MAX = 80;

    private QueueName() {}

    /**
     * Checks a name.
     *
     * @throws QueueException QUEUE_NAME_INVALID
     */
    public static void check(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw new QueueException(QueueError.QUEUE_NAME_INVALID, "Queue name is missing: give it as queue_name.");
        }
        if (!isValid(name)) {
            String shown = name.length() > SHOWN_MAX ? name.substring(0, SHOWN_MAX) + "…" : name;
            throw new QueueException(
                    QueueError.QUEUE_NAME_INVALID,
                    "Queue name '" + shown + "' is invalid: use 1 to 63 letters, digits, '-' and '_', with a letter or"
                            + " digit at both ends.");
        }
    }

    /**
     * Checks a name.
     *
     * @param strict whether only lower-case letters, digits and inner hyphens are allowed
     * @throws QueueException QUEUE_NAME_INVALID
     */
    public static void check(String name, boolean strict) {
        check(name);
        if (strict && !name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
            throw new QueueException(
                    QueueError.QUEUE_NAME_INVALID,
                    "Queue name '" + name + "' is invalid: use lower-case letters, digits and inner hyphens only.");
        }
    }

    /** Whether a queue may have that name. */
    public static boolean isValid(String name) {
        int length = name.length();
        if (length == 0 || length > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            boolean inner = i > 0 && i < length - 1 && (c == '-' || c == '_');
            if (!inner && !isLetterOrDigit(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
