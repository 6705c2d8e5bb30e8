package dev.sluice.api;

import java.util.Map;

/**
 * What the path of a request names.
 *
 * @param accountId normalized; null if the path has none or what it has is not of the form
 * @param queueId likewise
 * @param path all parameters as they were given, by name, decoded
 */
record Place(String accountId, String queueId, Map<String, String> path) {
    /** The place of a path. */
    static Place of(Map<String, String> path) {
        return new Place(
                Identifiers.normalize(path.get("account_id")), Identifiers.normalize(path.get("queue_id")), path);
    }
}
