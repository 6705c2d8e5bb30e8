package dev.sluice.runtime.redrive;

import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.StoreCorruptException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The format of redrives on disk: JSON records of the catalog. */
final class RedriveRecords {
    private RedriveRecords() {}

    static byte[] key(String id) {
        return ((char) CatalogRecords.REDRIVE + id).getBytes(StandardCharsets.US_ASCII);
    }

    static boolean isRedrive(CatalogRecord record) {
        return record.key()[0] == CatalogRecords.REDRIVE;
    }

    static byte[] value(Redrive redrive) {
        return new JsonObject()
                .put("id", redrive.id())
                .put("account", redrive.accountId())
                .put("number", redrive.queueNumber())
                .put("queue", redrive.queueId())
                .put("name", redrive.queueName())
                .put("destination", redrive.spec().destinationNumber())
                .put("seqs", new JsonArray(redrive.spec().seqs()))
                .put("limit", redrive.spec().limit())
                .put("perSecond", redrive.spec().perSecond())
                .put("belowSeq", redrive.belowSeq())
                .put("nextSeq", redrive.nextSeq())
                .put("moved", redrive.moved())
                .put("skipped", redrive.skipped())
                .put("status", redrive.status().wireName())
                .put("reason", redrive.reason())
                .put("startedMillis", redrive.startedMillis())
                .put("endedMillis", redrive.endedMillis())
                .toBuffer()
                .getBytes();
    }

    static Redrive read(CatalogRecord record) {
        try {
            return read(new JsonObject(Buffer.buffer(record.value())));
        } catch (RuntimeException damage) {
            throw new StoreCorruptException("the record of a redrive cannot be read: " + damage, damage);
        }
    }

    private static Redrive read(JsonObject json) {
        List<Long> seqs = json.getJsonArray("seqs").stream()
                .map(seq -> ((Number) seq).longValue())
                .toList();
        return new Redrive(
                json.getString("id"),
                json.getString("account"),
                json.getLong("number"),
                json.getString("queue"),
                json.getString("name"),
                new RedriveSpec(json.getLong("destination"), seqs, json.getLong("limit"), json.getInteger("perSecond")),
                json.getLong("belowSeq"),
                json.getLong("nextSeq"),
                json.getLong("moved"),
                json.getLong("skipped"),
                RedriveStatus.ofWireName(json.getString("status")),
                json.getString("reason"),
                json.getLong("startedMillis"),
                json.getLong("endedMillis"));
    }
}
