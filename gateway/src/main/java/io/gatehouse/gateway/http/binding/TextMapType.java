package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads an object whose values are all text, in the order sent. */
record TextMapType() implements ValueType {

  private static final TextType TEXT = new TextType();

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    if (!value.isObject()) {
      problems.add("dict_type", place, "Input should be a valid dictionary", value);
      return Optional.empty();
    }
    Map<String, Object> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      TEXT.read(entry.getValue(), place.child(entry.getKey()), problems)
          .ifPresent(text -> texts.put(entry.getKey(), text));
    }
    return texts.size() == value.size()
        ? Optional.of(Collections.unmodifiableMap(texts))
        : Optional.empty();
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = Json.NODES.objectNode().put("type", "object");
    schema.set("additionalProperties", TEXT.schema());
    return schema;
  }
}
