package io.gatehouse.gateway.http.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes JSON trees. */
public final class Json {

  public static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  // A character above U+FFFF is written as it is in UTF-8, and not as two escapes.
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private Json() {}

  public static byte[] bytes(JsonNode tree) {
    try {
      return MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("write a JSON tree", e);
    }
  }

  public static JsonNode scalar(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * Replaces each unpaired surrogate of a text by a question mark, because UTF-8 cannot encode it.
   * Complete pairs stay.
   */
  public static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  public static boolean isWellFormed(String text) {
    return text.codePoints()
        .noneMatch(point -> Character.MIN_SURROGATE <= point && point <= Character.MAX_SURROGATE);
  }
}
