package io.gatehouse.gateway.http.problem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A fault of a request, in the form in which FastAPI answers it.
 *
 * @param type pydantic's name of the rule that is broken, such as {@code missing}
 * @param location the place of the fault: {@code query}, {@code path} or {@code body}, then names
 *     (strings) and positions (integers)
 * @param message the rule in words
 * @param input the value that was sent; empty if it is secret or large
 * @param context the values in the rule, such as the limit
 */
public record Problem(
    String type,
    List<Object> location,
    String message,
    Optional<JsonNode> input,
    Map<String, JsonNode> context) {

  public Problem {
    location = List.copyOf(location);
    context = Map.copyOf(context);
  }

  public ObjectNode toJson() {
    ObjectNode json = Json.NODES.objectNode().put("type", type);
    ArrayNode loc = json.putArray("loc");
    for (Object step : location) {
      if (step instanceof Integer position) {
        loc.add(position);
      } else {
        loc.add(step.toString());
      }
    }
    json.put("msg", message);
    input.ifPresent(value -> json.set("input", value));
    if (!context.isEmpty()) {
      json.putObject("ctx").setAll(context);
    }
    return json;
  }
}
