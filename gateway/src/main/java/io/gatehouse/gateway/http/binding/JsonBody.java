package io.gatehouse.gateway.http.binding;

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
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.json.LongTexts;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problem;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.session.Lease;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the body of a request as exactly one JSON value, and counts its memory on a lease. */
public final class JsonBody {

  private static final int DEEPEST = 64;

  // A body of 10 MB with "[],[],[]" would make millions of objects. No real request makes a
  // hundredth of them.
  private static final long MOST_TOKENS = 100_000;

  /**
   * Bytes of heap for one JSON node with its key and its place in a list or map, without its text.
   */
  private static final long NODE = 200;

  /**
   * Bytes of heap for each byte of the body outside long texts: short texts take two for each
   * character.
   */
  private static final long WEIGHT = 2;

  /** Bytes of heap for each byte of a long text that Jackson has to read. */
  private static final long WEIGHT_OF_LONG = 6;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxTokenCount(MOST_TOKENS)
                          .build())
                  // Callers choose the keys, so they must not fill the JVM's table of strings.
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private JsonBody() {}

  /**
   * Reads the value; it is a missing node when the body is empty.
   *
   * @param body the bytes, which are counted on the lease already. The caller must not use them
   *     afterwards, because long texts of the value stay in them
   * @param lease counts the memory of the value
   */
  static JsonNode read(byte[] body, Lease lease) {
    if (body.length == 0) {
      return Json.NODES.missingNode();
    }
    LongTexts texts = LongTexts.cut(body);
    // A body with more tokens is refused before so many nodes are made.
    long nodes = Math.min(texts.structure() + 1, MOST_TOKENS);
    lease.take(WEIGHT * texts.restSize() + WEIGHT_OF_LONG * texts.left() + NODE * nodes);
    byte[] rest = texts.rest();
    try (JsonParser parser = MAPPER.createParser(rest)) {
      JsonNode value = MAPPER.readTree(parser);
      if (value == null || value.isMissingNode()) {
        throw refusal(texts, rest, rest.length, "Expecting value");
      }
      if (parser.nextToken() != null) {
        throw refusal(texts, rest, parser.currentTokenLocation().getByteOffset(), "Extra data");
      }
      return texts.restore(value, lease);
    } catch (IOException e) {
      throw refusal(texts, rest, place(location(e)), reason(e));
    }
  }

  /**
   * The reason in words of the gateway, because Jackson's message repeats what it could not read.
   */
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

  /** The offset in bytes, or in characters where Jackson does not know the bytes. */
  private static long place(JsonLocation location) {
    return location.getByteOffset() < 0
        ? Math.max(0, location.getCharOffset())
        : location.getByteOffset();
  }

  /**
   * Makes the refusal. It gives the place in characters, as FastAPI does, so all bytes count except
   * UTF-8's continuation bytes.
   */
  private static ValidationException refusal(
      LongTexts texts, byte[] rest, long place, String reason) {
    int characters = texts.charactersBefore(place);
    for (int i = 0; i < Math.min(place, rest.length); i++) {
      if ((rest[i] & 0xC0) != 0x80) {
        characters++;
      }
    }
    return new ValidationException(
        List.of(
            new Problem(
                "json_invalid",
                Place.BODY.child(characters).steps(),
                "JSON decode error",
                Optional.of(Json.NODES.objectNode()),
                Map.of("error", TextNode.valueOf(reason)))));
  }
}
