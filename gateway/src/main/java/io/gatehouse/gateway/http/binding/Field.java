package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * A parameter or body field: a component of a request record, as it is sent in a request.
 *
 * @param name its name in a request: the name of the component in snake case, unless it is {@link
 *     Named}
 * @param component its name in Java
 * @param description what it means
 * @param type the type of its value
 * @param presence what the absence of the field means
 * @param inPath whether it is in the path of the request
 * @param secret whether its value must not be repeated
 */
public record Field(
    String name,
    String component,
    String description,
    ValueType type,
    Presence presence,
    boolean inPath,
    boolean secret) {

  public Field {
    if (description.isBlank()) {
      throw new IllegalArgumentException(component + " must have a description");
    }
    if (inPath && !presence.isRequired()) {
      throw new IllegalArgumentException(component + " is in the path, so it must be required");
    }
  }

  /**
   * The meaning of an absent field.
   *
   * @param whenAbsent the argument for an absent field; empty when the field is required
   * @param whenPresent makes the argument of a value that was read
   * @param documented the default in the documentation; empty when there is none
   */
  public record Presence(
      Optional<Object> whenAbsent,
      UnaryOperator<Object> whenPresent,
      Optional<JsonNode> documented) {

    static final Presence REQUIRED =
        new Presence(Optional.empty(), UnaryOperator.identity(), Optional.empty());
    static final Presence OPTIONAL = optional(Optional.empty(), Optional::of);
    static final Presence OPTIONAL_INT =
        optional(OptionalInt.empty(), value -> OptionalInt.of((int) value));
    static final Presence OPTIONAL_LONG =
        optional(OptionalLong.empty(), value -> OptionalLong.of((long) value));
    static final Presence OPTIONAL_DOUBLE =
        optional(OptionalDouble.empty(), value -> OptionalDouble.of((double) value));

    static Presence defaulted(Object value, JsonNode documented) {
      return new Presence(Optional.of(value), UnaryOperator.identity(), Optional.of(documented));
    }

    private static Presence optional(Object absent, UnaryOperator<Object> present) {
      return new Presence(Optional.of(absent), present, Optional.empty());
    }

    public boolean isRequired() {
      return whenAbsent.isEmpty();
    }
  }

  /** Reads the field from the values of its record; empty when reading added a problem. */
  Optional<Object> read(JsonNode values, Place parent, Problems problems) {
    Place place = (inPath ? Place.PATH : parent).child(name);
    JsonNode value = values.path(name);
    boolean isAbsent = value.isMissingNode() || (value.isNull() && !presence.isRequired());
    if (!isAbsent) {
      return type.read(value, secret ? place.keptSecret() : place, problems)
          .map(presence.whenPresent());
    }
    if (presence.isRequired()) {
      JsonNode input = parent.equals(Place.QUERY) ? Json.NODES.nullNode() : values;
      problems.add("missing", place, "Field required", input);
    }
    return presence.whenAbsent();
  }

  /** The schema with description and default, the same in a parameter and in a body. */
  public ObjectNode schema() {
    ObjectNode schema = type.schema().put("description", description);
    presence.documented().ifPresent(value -> schema.set("default", value));
    return schema;
  }
}
