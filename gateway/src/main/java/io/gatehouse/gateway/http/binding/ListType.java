package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a list of values of one type. In a query, the list has all values of the parameter's name.
 */
record ListType(ValueType items) implements ValueType {

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    if (!value.isArray()) {
      problems.add("list_type", place, "Input should be a valid list", value);
      return Optional.empty();
    }
    List<Object> read = new ArrayList<>(value.size());
    for (int position = 0; position < value.size(); position++) {
      items.read(value.get(position), place.child(position), problems).ifPresent(read::add);
    }
    return read.size() == value.size() ? Optional.of(List.copyOf(read)) : Optional.empty();
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = Json.NODES.objectNode().put("type", "array");
    schema.set("items", items.schema());
    return schema;
  }
}
