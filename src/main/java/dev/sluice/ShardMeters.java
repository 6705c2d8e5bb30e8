package dev.sluice;

import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardRole;
import dev.sluice.store.ShardStatus;
import dev.sluice.store.ShardedStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The metrics of the shards of a store that several nodes share. */
final class ShardMeters {
    private static final double NANOS_PER_SECOND = 1e9;

    private static final List<Meters.GaugeOf<ShardStatus>> GAUGES = List.of(
            new Meters.GaugeOf<>(
                    "sluice_shard_owned",
                    "1 while this node owns the shard.",
                    status -> status.role() == ShardRole.OWNER ? 1 : 0),
            new Meters.GaugeOf<>(
                    "sluice_shard_followed",
                    "1 while this node follows the shard as a standby.",
                    status -> status.role() == ShardRole.STANDBY ? 1 : 0),
            new Meters.GaugeOf<>(
                    "sluice_shard_epoch", "Ownership epoch that the copy has seen last.", ShardStatus::epoch),
            new Meters.GaugeOf<>(
                    "sluice_shard_applied_offset",
                    "Last record of the log that the copy holds.",
                    ShardStatus::appliedOffset),
            new Meters.GaugeOf<>(
                    "sluice_shard_lag_records",
                    "Records of the log that the copy of a standby lacks.",
                    ShardStatus::lag),
            new Meters.GaugeOf<>(
                    "sluice_shard_groups",
                    "Groups of batches that this node has stored in the shard since its start.",
                    ShardStatus::groups),
            new Meters.GaugeOf<>(
                    "sluice_shard_void_records",
                    "Records of the log that did not count, as read by this node.",
                    ShardStatus::voidRecords),
            new Meters.GaugeOf<>(
                    "sluice_shard_takeover_seconds",
                    "How long the last takeover of the shard by this node took.",
                    status -> status.takeoverNanos() / NANOS_PER_SECOND),
            new Meters.GaugeOf<>(
                    "sluice_shard_snapshot_age_seconds",
                    "Time since this node wrote its last snapshot of the shard; -1 if it wrote none since its start.",
                    ShardStatus::snapshotAgeSeconds));

    private ShardMeters() {}

    /** Adds the metrics. Without shards there are no series. */
    static void add(Meters meters, QueueStore store) {
        meters.gaugesBy("shard", () -> statuses(store), GAUGES);
    }

    private static Map<String, ShardStatus> statuses(QueueStore store) {
        Map<String, ShardStatus> statuses = new LinkedHashMap<>();
        if (store instanceof ShardedStore sharded) {
            statuses.put("catalog", sharded.status(ShardedStore.CATALOG));
            for (int shard = 0; shard < sharded.shards(); shard++) {
                statuses.put(String.valueOf(shard), sharded.status(shard));
            }
        }
        return statuses;
    }
}
