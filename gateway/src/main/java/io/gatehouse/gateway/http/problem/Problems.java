package io.gatehouse.gateway.http.problem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.gateway.http.json.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the faults of one request, up to a number that is enough for any reader. */
public final class Problems {

  private static final int MOST = 20;

  private final List<Problem> problems = new ArrayList<>();

  public void add(String type, Place place, String message, JsonNode input) {
    add(type, place, message, input, Map.of());
  }

  public void add(
      String type, Place place, String message, JsonNode input, Map<String, JsonNode> context) {
    if (problems.size() < MOST) {
      problems.add(new Problem(type, place.steps(), message, repeatable(input, place), context));
    }
  }

  public List<Problem> all() {
    return List.copyOf(problems);
  }

  /** Throws if a problem was added. */
  public void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new ValidationException(problems);
    }
  }

  /**
   * The value for an error answer; empty if the value must not be repeated. A list or object with
   * content may hold a secret in one of its fields.
   */
  private static Optional<JsonNode> repeatable(JsonNode input, Place place) {
    if (place.secret() || input.isMissingNode() || (input.isContainerNode() && !input.isEmpty())) {
      return Optional.empty();
    }
    if (input.isValueNode() && !input.isNull() && !input.isBoolean()) {
      String text = input.asText();
      String excerpt = Excerpt.of(text);
      return Optional.of(excerpt.equals(text) ? input : TextNode.valueOf(excerpt));
    }
    return Optional.of(input);
  }
}
