package dev.sluice.api.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Generators of JSON texts for property tests: well-formed ones in every spelling, and damaged ones. */
public final class JsonSamples {
    private JsonSamples() {}

    /** Text of all planes, without unpaired surrogates. */
    public static Arbitrary<String> unicode() {
        Arbitrary<Integer> codePoints = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 0x7f),
                Arbitraries.integers().between(0x80, 0xd7ff),
                Arbitraries.integers().between(0xe000, 0x10ffff),
                Arbitraries.of((int) '"', (int) '\\', (int) '/', 0, 0x1f, 0x7f, 0x2028, 0xfeff, 0xffff, 0x1f600));
        return codePoints.list().ofMaxSize(24).map(list -> list.stream()
                .map(Character::toString)
                .collect(Collectors.joining()));
    }

    /** A string as JSON text, each character raw or escaped in one of its spellings. */
    public static Arbitrary<String> string() {
        return Combinators.combine(unicode(), Arbitraries.randoms()).as(JsonSamples::spell);
    }

    static String spell(String text, Random random) {
        StringBuilder json = new StringBuilder("\"");
        text.codePoints().forEach(codePoint -> {
            boolean mustEscape = codePoint < 0x20 || codePoint == '"' || codePoint == '\\';
            if (!mustEscape && random.nextInt(3) > 0) {
                json.appendCodePoint(codePoint);
                return;
            }
            int letter = "\"\\/\b\f\n\r\t".indexOf(codePoint);
            if (letter >= 0 && random.nextBoolean()) {
                json.append('\\').append("\"\\/bfnrt".charAt(letter));
                return;
            }
            for (char unit : Character.toChars(codePoint)) {
                String hex = String.format("%04x", (int) unit);
                json.append("\\u").append(random.nextBoolean() ? hex : hex.toUpperCase(java.util.Locale.ROOT));
            }
        });
        return json.append('"').toString();
    }

    /** A number in one of its spellings. */
    static Arbitrary<String> number() {
        return Arbitraries.oneOf(
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().between(-1e9, 1e9).map(String::valueOf),
                Arbitraries.of(
                        "0", "-0", "-0.0", "1e3", "1E+3", "1.50", "1e-7", "123456789012345678901234567890", "1e999"));
    }

    /** Any JSON value, with random white space. */
    public static Arbitrary<String> value() {
        return Arbitraries.lazyOf(
                () -> Arbitraries.of("null", "true", "false"),
                JsonSamples::number,
                JsonSamples::string,
                () -> Combinators.combine(value().list().ofMaxSize(4), space())
                        .as((values, space) -> '[' + space + String.join(space + ',' + space, values) + space + ']'),
                () -> Combinators.combine(field().list().ofMaxSize(4), space())
                        .as((fields, space) -> '{' + space + String.join(space + ',' + space, fields) + space + '}'));
    }

    private static Arbitrary<String> field() {
        return Combinators.combine(string(), space(), value()).as((name, space, value) -> name + space + ':' + value);
    }

    /** White space, usually none. */
    public static Arbitrary<String> space() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just("")),
                Tuple.of(1, Arbitraries.strings().withChars(" \t\r\n").ofMaxLength(3)));
    }

    /** An object with the given fields in any order. Each field may be absent, duplicated, or have another value. */
    public static Arbitrary<String> object(List<Arbitrary<String>> fields) {
        List<Arbitrary<List<String>>> occurrences = new ArrayList<>();
        for (Arbitrary<String> field : fields) {
            occurrences.add(Arbitraries.frequencyOf(
                    Tuple.of(8, field.map(List::of)), Tuple.of(2, Arbitraries.just(List.<String>of()))));
        }
        return Combinators.combine(Combinators.combine(occurrences).as(lists -> lists), Arbitraries.randoms(), space())
                .as((lists, random, space) -> {
                    List<String> all =
                            new ArrayList<>(lists.stream().flatMap(List::stream).toList());
                    java.util.Collections.shuffle(all, random);
                    return all.stream().collect(Collectors.joining(',' + space, '{' + space, space + '}'));
                });
    }

    /** Texts with a few bytes overwritten, removed or duplicated, or cut at the end. */
    public static Arbitrary<byte[]> damaged(Arbitrary<String> texts) {
        return Combinators.combine(texts, Arbitraries.randoms()).as((text, random) -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
                bytes = damage(bytes, random);
            }
            return bytes;
        });
    }

    private static byte[] damage(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        String replacements = "\"\\{}[]:,0-.eEtfnu \n\0\u001f";
        switch (random.nextInt(5)) {
            case 0 -> {
                bytes[at] = (byte) random.nextInt(256);
                return bytes;
            }
            case 1 -> {
                bytes[at] = (byte) replacements.charAt(random.nextInt(replacements.length()));
                return bytes;
            }
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
                System.arraycopy(bytes, at + 1, shorter, at, bytes.length - at - 1);
                return shorter;
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                return longer;
            }
        }
    }

    /** Whether bytes are well-formed UTF-8. */
    public static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
