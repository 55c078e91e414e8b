package io.gatehouse.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the body of a request as exactly one JSON value, of a size that cannot fill the heap. */
final class JsonBody {

  private static final int DEEPEST = 64;

  // 10 MB of "[],[],[]" would be millions of objects; no honest request has a hundredth of them.
  private static final long MOST_TOKENS = 100_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxTokenCount(MOST_TOKENS)
                          .build())
                  // Strangers choose the keys: they do not belong into the JVM's table of strings.
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private JsonBody() {}

  /** The value, missing when the body is empty. */
  static JsonNode read(byte[] body) {
    if (body.length == 0) {
      return Json.NODES.missingNode();
    }
    try (JsonParser parser = MAPPER.createParser(body)) {
      JsonNode value = MAPPER.readTree(parser);
      if (value == null || value.isMissingNode()) {
        throw refusal(body.length, "Expecting value");
      }
      if (parser.nextToken() != null) {
        throw refusal(offset(parser.currentTokenLocation(), body), "Extra data");
      }
      return value;
    } catch (IOException e) {
      throw refusal(offset(location(e), body), reason(e));
    }
  }

  /** The reason in our words: Jackson's own message repeats what it could not read. */
  private static String reason(IOException failure) {
    return switch (failure) {
      case StreamConstraintsException e -> "Nested too deeply, or too many or too long values";
      case MismatchedInputException e -> "Duplicate key";
      case JsonEOFException e -> "Unexpected end of data";
      default -> "Not valid JSON";
    };
  }

  private static JsonLocation location(IOException failure) {
    return failure instanceof JsonProcessingException parsing
        ? Optional.ofNullable(parsing.getLocation()).orElse(JsonLocation.NA)
        : JsonLocation.NA;
  }

  /** The offset in characters, as FastAPI counts, from one in bytes: all but UTF-8's followers. */
  private static int offset(JsonLocation location, byte[] body) {
    if (location.getByteOffset() < 0) {
      return (int) Math.max(0, location.getCharOffset());
    }
    int characters = 0;
    for (int i = 0; i < Math.min(location.getByteOffset(), body.length); i++) {
      if ((body[i] & 0xC0) != 0x80) {
        characters++;
      }
    }
    return characters;
  }

  private static ValidationException refusal(int offset, String reason) {
    return new ValidationException(
        List.of(
            new Problem(
                "json_invalid",
                Place.BODY.child(offset).steps(),
                "JSON decode error",
                Optional.of(Json.NODES.objectNode()),
                Map.of("error", TextNode.valueOf(reason)))));
  }
}
