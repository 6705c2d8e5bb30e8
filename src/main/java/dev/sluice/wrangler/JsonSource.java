package dev.sluice.wrangler;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.sluice.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses JSON with comments and trailing commas, as wrangler does. Jackson bounds the nesting depth. */
final class JsonSource {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonSource() {}

    /**
     * The document of a file.
     *
     * @throws ConfigException names the line of the first error
     */
    static SourceValue parse(Path file, String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new ConfigException(file + " is empty");
            }
            SourceValue document = value(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "text after the end of the document");
            }
            return document;
        } catch (JsonProcessingException malformed) {
            int line = malformed.getLocation() == null
                    ? 1
                    : Math.max(1, malformed.getLocation().getLineNr());
            throw new ConfigException(file + ":" + line + ": is not valid JSON: " + reasonOf(malformed));
        } catch (IOException unreadable) {
            throw new ConfigException(file + ": cannot be read: " + unreadable.getMessage());
        }
    }

    /** The message without the names of the library's classes and settings. */
    private static String reasonOf(JsonProcessingException malformed) {
        return String.valueOf(malformed.getOriginalMessage())
                .replaceAll("start marker at \\[Source: [^\\]]*; line: (\\d+), column: \\d+]", "it begins in line $1")
                .replaceAll(", from `[^`]*`", "");
    }

    private static SourceValue value(JsonParser parser) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        return switch (parser.currentToken()) {
            case START_OBJECT -> new SourceValue(object(parser), line);
            case START_ARRAY -> new SourceValue(array(parser), line);
            case VALUE_STRING -> new SourceValue(parser.getText(), line);
            case VALUE_NUMBER_INT -> new SourceValue(integer(parser), line);
            case VALUE_NUMBER_FLOAT -> new SourceValue(parser.getDoubleValue(), line);
            case VALUE_TRUE -> new SourceValue(true, line);
            case VALUE_FALSE -> new SourceValue(false, line);
            case VALUE_NULL -> new SourceValue(null, line);
            default -> throw new JsonParseException(parser, "unexpected " + parser.currentToken());
        };
    }

    /** A number that is out of every range anyway may lose digits. */
    private static Number integer(JsonParser parser) throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return parser.getDoubleValue();
        }
        return parser.getLongValue();
    }

    private static Map<String, SourceValue> object(JsonParser parser) throws IOException {
        Map<String, SourceValue> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static List<SourceValue> array(JsonParser parser) throws IOException {
        List<SourceValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }
}
