package dev.sluice.api.page;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * A file of the jar, ready to be sent.
 *
 * @param contentType with the charset
 * @param plain the content
 * @param gzip the same, compressed
 * @param etag of the content, quoted
 */
record StaticFile(String contentType, Buffer plain, Buffer gzip, String etag) {
    /**
     * Reads a resource. Blocks.
     *
     * @throws IllegalStateException if the jar does not have it
     */
    static StaticFile read(String resource) {
        try (InputStream in = StaticFile.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + resource);
            }
            byte[] content = in.readAllBytes();
            return new StaticFile(
                    contentType(resource), Buffer.buffer(content), Buffer.buffer(compressed(content)), etag(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sets the headers of a response, and the status if the client has the file.
     *
     * @return the body of the response
     */
    Buffer respondTo(HttpServerRequest request, String securityPolicy) {
        HttpServerResponse response = request.response();
        response.putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .putHeader("Content-Security-Policy", securityPolicy)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (etag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(304);
            return Buffer.buffer();
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
        if (accepted == null || !accepted.contains("gzip")) {
            return plain;
        }
        response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        return gzip;
    }

    private static String contentType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "yaml" -> "application/yaml";
            default -> "text/plain; charset=utf-8";
        };
    }

    private static byte[] compressed(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static String etag(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            String hex = HexFormat.of().formatHex(hash, 0, 16);
            return '"' + hex + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
