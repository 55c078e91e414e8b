package io.gatehouse.gateway.http.binding;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.fuzz.Unbounded;
import io.gatehouse.gateway.http.json.LongTexts;
import io.gatehouse.gateway.http.problem.ValidationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Fuzzes bodies with long texts, which {@link LongTexts} takes out, and checks that they are read
 * as Jackson alone would read them.
 */
public final class JsonBodyFuzzer {

  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int LONGEST_INPUT = 500;

  /** Stands in an input for a text that is long enough to be kept outside the JSON tree. */
  private static final String LONG_TEXT =
      "long, with \\n, \\u20ac, \\ud83d\\ude00, ü and more; ".repeat(LongTexts.LONG / 40);

  private JsonBodyFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    String input = data.consumeRemainingAsString();
    if (input.length() > LONGEST_INPUT || input.chars().filter(each -> each == '~').count() > 3) {
      return;
    }
    byte[] body = input.replace("~", LONG_TEXT).getBytes(StandardCharsets.UTF_8);
    Optional<JsonNode> meant = jackson(body);
    Optional<JsonNode> read = ours(body.clone());
    if (meant.isPresent() != read.isPresent()) {
      throw new AssertionError("Jackson reads it: " + meant.isPresent());
    }
    if (meant.isPresent() && !same(meant.get(), read.get())) {
      throw new AssertionError("it is read as something else");
    }
  }

  private static Optional<JsonNode> jackson(byte[] body) {
    try {
      // Blanks alone are no value.
      return Optional.of(JACKSON.readTree(body)).filter(value -> !value.isMissingNode());
    } catch (IOException malformed) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> ours(byte[] body) {
    try {
      return Optional.of(JsonBody.read(body, Unbounded.lease()))
          .filter(value -> !value.isMissingNode());
    } catch (ValidationException refusal) {
      return Optional.empty();
    }
  }

  private static boolean same(JsonNode meant, JsonNode read) {
    if (meant.getNodeType() != read.getNodeType() || meant.size() != read.size()) {
      return false;
    }
    if (meant.isValueNode()) {
      return meant.asText().equals(read.asText());
    }
    if (meant.isArray()) {
      for (int i = 0; i < meant.size(); i++) {
        if (!same(meant.get(i), read.get(i))) {
          return false;
        }
      }
      return true;
    }
    for (Map.Entry<String, JsonNode> field : meant.properties()) {
      if (!read.has(field.getKey()) || !same(field.getValue(), read.get(field.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
