package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Optional;

/** Reads text. */
record TextType() implements ValueType {

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    if (!value.isTextual()) {
      problems.add("string_type", place, "Input should be a valid string", value);
      return Optional.empty();
    }
    // An unpaired surrogate would reach the user's login as another character than the one that was
    // sent.
    if (!Json.isWellFormed(value.textValue())) {
      problems.add(
          "string_unicode",
          place,
          "Input should be a valid string, unable to parse raw data as a unicode string",
          value);
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  @Override
  public ObjectNode schema() {
    return Json.NODES.objectNode().put("type", "string");
  }
}
