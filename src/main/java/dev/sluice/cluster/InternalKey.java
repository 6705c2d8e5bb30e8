package dev.sluice.cluster;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests between nodes, and checks their signatures: HMAC-SHA256 over time, path and body. A signature is valid
 * for a minute, so that a request that was recorded cannot be sent again later. Immutable; any thread may use it.
 */
final class InternalKey {
    /** How far the clocks of two nodes may be apart, with the time that a request takes. */
    static final long VALID_MILLIS = 60_000;

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "sluice internal requests".getBytes(StandardCharsets.US_ASCII);
    private static final int HEX_CHARS = 64;

    private final SecretKeySpec key;

    /**
     * The key of an installation.
     *
     * @param installationKey from the catalog, equal on all nodes
     * @param configured {@code cluster.key}, equal on all nodes; may be empty
     */
    InternalKey(byte[] installationKey, String configured) {
        Mac mac = mac(new SecretKeySpec(installationKey, ALGORITHM));
        mac.update(PURPOSE);
        key = new SecretKeySpec(mac.doFinal(configured.getBytes(StandardCharsets.UTF_8)), ALGORITHM);
    }

    /** The signature of a request, in hexadecimal. */
    String sign(long timeMillis, String path, byte[] body) {
        return HexFormat.of().formatHex(signature(timeMillis, path, body));
    }

    /** Whether a request was signed with this key, at most a minute ago. Takes equally long for each wrong signature. */
    boolean isValid(String signature, long timeMillis, long nowMillis, String path, byte[] body) {
        if (signature.length() != HEX_CHARS || Math.abs(nowMillis - timeMillis) > VALID_MILLIS) {
            return false;
        }
        byte[] given;
        try {
            given = HexFormat.of().parseHex(signature);
        } catch (IllegalArgumentException notHex) {
            return false;
        }
        return MessageDigest.isEqual(signature(timeMillis, path, body), given);
    }

    private byte[] signature(long timeMillis, String path, byte[] body) {
        Mac mac = mac(key);
        mac.update((timeMillis + "\n" + path + "\n").getBytes(StandardCharsets.US_ASCII));
        return mac.doFinal(body);
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
