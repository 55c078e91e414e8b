package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Optional;

/**
 * The type of a parameter or field: how a value is read and how it is documented.
 *
 * <p>A query arrives as texts and a body as JSON; pydantic reads a text in both by the same rules,
 * so one reader serves both.
 */
sealed interface ValueType
    permits TextType,
        Utf8TextType,
        PathType,
        WordType,
        WholeNumberType,
        DecimalType,
        FlagType,
        TextMapType,
        ListType,
        RecordType {

  /** Reads a value; empty when reading added a problem. */
  Optional<Object> read(JsonNode value, Place place, Problems problems);

  /** The JSON schema of the type. */
  ObjectNode schema();

  /** Whether an empty text can only mean that there is no value. */
  default boolean isNumber() {
    return false;
  }
}
