package dev.sluice.queue;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The documented limits with some changes. Knows only the limits that tests change. */
public final class LimitsBuilder {
    private final Map<String, Number> changes = new HashMap<>();

    private LimitsBuilder() {}

    /** The documented limits, before any change. */
    public static LimitsBuilder documented() {
        return new LimitsBuilder();
    }

    public LimitsBuilder requestBytesMax(int value) {
        return with("requestBytesMax", value);
    }

    public LimitsBuilder deliveryBytesMax(int value) {
        return with("deliveryBytesMax", value);
    }

    public LimitsBuilder queuesPerAccountMax(int value) {
        return with("queuesPerAccountMax", value);
    }

    public LimitsBuilder queuesMax(int value) {
        return with("queuesMax", value);
    }

    public LimitsBuilder accountsMax(int value) {
        return with("accountsMax", value);
    }

    public LimitsBuilder subscriptionsPerAccountMax(int value) {
        return with("subscriptionsPerAccountMax", value);
    }

    public LimitsBuilder subscriptionsMax(int value) {
        return with("subscriptionsMax", value);
    }

    public LimitsBuilder leasesPerQueueMax(int value) {
        return with("leasesPerQueueMax", value);
    }

    public LimitsBuilder backlogBytesMax(long value) {
        return with("backlogBytesMax", value);
    }

    public LimitsBuilder messagesPerSecondMax(int value) {
        return with("messagesPerSecondMax", value);
    }

    private LimitsBuilder with(String component, Number value) {
        changes.put(component, value);
        return this;
    }

    public Limits build() {
        Map<String, Number> left = new HashMap<>(changes);
        List<Object> values = new ArrayList<>();
        try {
            for (RecordComponent component : Limits.class.getRecordComponents()) {
                Object documented = component.getAccessor().invoke(Limits.DOCUMENTED);
                Number change = left.remove(component.getName());
                values.add(change == null ? documented : change);
            }
            if (!left.isEmpty()) {
                throw new IllegalStateException("no such limits: " + left.keySet());
            }
            Constructor<?> canonical = Limits.class.getDeclaredConstructors()[0];
            return (Limits) canonical.newInstance(values.toArray());
        } catch (ReflectiveOperationException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
