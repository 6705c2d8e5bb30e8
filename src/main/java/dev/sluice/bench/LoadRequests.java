package dev.sluice.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The requests of a run, built once. Immutable. */
final class LoadRequests {
    /** The batch_size of a pull. */
    static final int PULL_MESSAGES = 100;

    private static final String LETTERS = "the quick brown fox jumps over the lazy dog and back again ";
    private static final byte[] LEASE_ID = "\"lease_id\":\"".getBytes(StandardCharsets.US_ASCII);

    private final RequestOptions push;
    private final RequestOptions pull;
    private final RequestOptions ack;
    private final Buffer pushBody;
    private final Buffer pullBody = Buffer.buffer("{\"batch_size\":" + PULL_MESSAGES + "}");

    LoadRequests(LoadPlan plan, String messagesPath) {
        int batch = plan.shape().batch();
        push = post(plan, messagesPath + (batch > 1 ? "/batch" : ""));
        pull = post(plan, messagesPath + "/pull");
        ack = post(plan, messagesPath + "/ack");
        String message = "{\"body\":\"" + text(plan.shape().bodyBytes()) + "\",\"content_type\":\"text\"}";
        pushBody = Buffer.buffer(
                batch > 1 ? "{\"messages\":[" + String.join(",", Collections.nCopies(batch, message)) + "]}" : message);
    }

    private static RequestOptions post(LoadPlan plan, String path) {
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(plan.base().getHost())
                .setPort(plan.port())
                .setSsl(plan.tls())
                .setURI(path)
                .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + plan.token())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    }

    private static String text(int bytes) {
        return LETTERS.repeat(bytes / LETTERS.length() + 1).substring(0, bytes);
    }

    RequestOptions options(LoadStep step) {
        return switch (step) {
            case PUSH -> push;
            case PULL -> pull;
            case ACK -> ack;
        };
    }

    Buffer pushBody() {
        return pushBody;
    }

    Buffer pullBody() {
        return pullBody;
    }

    /** The lease ids in a pull response; the rest of the response is not parsed. */
    static List<String> leases(Buffer response) {
        byte[] bytes = response.getBytes();
        List<String> leases = new ArrayList<>(PULL_MESSAGES);
        for (int at = 0; at < bytes.length - LEASE_ID.length; at++) {
            if (bytes[at] == '"' && startsWith(bytes, at)) {
                int from = at + LEASE_ID.length;
                int to = from;
                while (to < bytes.length && bytes[to] != '"') {
                    to++;
                }
                leases.add(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
                at = to;
            }
        }
        return leases;
    }

    private static boolean startsWith(byte[] bytes, int at) {
        for (int i = 0; i < LEASE_ID.length; i++) {
            if (bytes[at + i] != LEASE_ID[i]) {
                return false;
            }
        }
        return true;
    }

    /** The request body that acknowledges these leases. */
    static Buffer ackBody(List<String> leases) {
        return Buffer.buffer("{\"acks\":[{\"lease_id\":\"" + String.join("\"},{\"lease_id\":\"", leases) + "\"}]}");
    }
}
