package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Map;

/** The smallest and the largest value that a number may have, infinite where it is open. */
public record Bounds(double min, double max) {

  static final Bounds OPEN = new Bounds(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  public Bounds {
    if (!(min <= max)) {
      throw new IllegalArgumentException("no number is from " + min + " to " + max);
    }
  }

  /** Whether the number keeps the bounds; adds a problem when not. NaN keeps none but open ones. */
  boolean admits(double number, JsonNode value, Place place, Problems problems) {
    if (max < Double.POSITIVE_INFINITY && !(number <= max)) {
      problems.add(
          "less_than_equal",
          place,
          "Input should be less than or equal to " + plain(max).asText(),
          value,
          Map.of("le", plain(max)));
      return false;
    }
    if (min > Double.NEGATIVE_INFINITY && !(number >= min)) {
      problems.add(
          "greater_than_equal",
          place,
          "Input should be greater than or equal to " + plain(min).asText(),
          value,
          Map.of("ge", plain(min)));
      return false;
    }
    return true;
  }

  /** The JSON schema of a number of this type that keeps the bounds. */
  ObjectNode schema(String type) {
    ObjectNode schema = Json.NODES.objectNode().put("type", type);
    if (min > Double.NEGATIVE_INFINITY) {
      schema.set("minimum", plain(min));
    }
    if (max < Double.POSITIVE_INFINITY) {
      schema.set("maximum", plain(max));
    }
    return schema;
  }

  private static JsonNode plain(double number) {
    return number == Math.rint(number)
        ? Json.NODES.numberNode((long) number)
        : Json.NODES.numberNode(number);
  }
}
