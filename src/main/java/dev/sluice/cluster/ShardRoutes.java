package dev.sluice.cluster;

import java.util.Map;
import java.util.Optional;

/**
 * The internal addresses of the nodes that own shards, as the last plan of the group says. They may be out of date: the
 * receiver of a request knows whether it is the owner. Safe for use from several threads.
 */
final class ShardRoutes {
    private volatile Map<Integer, String> addresses = Map.of();

    void replace(Map<Integer, String> planned) {
        addresses = Map.copyOf(planned);
    }

    /** The address of the owner of a shard; empty if that is not known. */
    Optional<String> of(int shard) {
        return Optional.ofNullable(addresses.get(shard)).filter(address -> !address.isEmpty());
    }
}
