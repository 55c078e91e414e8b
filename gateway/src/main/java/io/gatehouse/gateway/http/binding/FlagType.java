package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads truth values in all the spellings that pydantic knows; Open WebUI sends {@code True}. */
record FlagType() implements ValueType {

  private static final Set<String> TRUE = Set.of("1", "on", "t", "true", "y", "yes");
  private static final Set<String> FALSE = Set.of("0", "off", "f", "false", "n", "no");

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    if (value.isBoolean()) {
      return Optional.of(value.booleanValue());
    }
    if (!value.isTextual() && !value.isNumber()) {
      problems.add("bool_type", place, "Input should be a valid boolean", value);
      return Optional.empty();
    }
    String word = value.isNumber() ? digit(value) : value.textValue().toLowerCase(Locale.ROOT);
    if (TRUE.contains(word)) {
      return Optional.of(true);
    }
    if (FALSE.contains(word)) {
      return Optional.of(false);
    }
    problems.add(
        "bool_parsing", place, "Input should be a valid boolean, unable to interpret input", value);
    return Optional.empty();
  }

  /**
   * Returns 1 or 0 as text for a number of that value, and an empty text for any other number. The
   * number 1.0 counts as 1, as in pydantic.
   */
  private static String digit(JsonNode number) {
    double value = number.doubleValue();
    return value == 1 ? "1" : value == 0 ? "0" : "";
  }

  @Override
  public ObjectNode schema() {
    return Json.NODES.objectNode().put("type", "boolean");
  }
}
