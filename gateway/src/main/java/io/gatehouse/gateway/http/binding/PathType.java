package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import io.gatehouse.gateway.session.CommandLine;
import java.util.Optional;

/** Reads {@link PathText}. */
record PathType() implements ValueType {

  private static final TextType TEXT = new TextType();

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    return TEXT.read(value, place, problems)
        .filter(path -> canBePath((String) path, place, problems));
  }

  private static boolean canBePath(String path, Place place, Problems problems) {
    Optional<String> problem = CommandLine.problemOfDirectory(path);
    problem.ifPresent(
        reason ->
            problems.add("value_error", place, "Value error, " + reason, Json.NODES.missingNode()));
    return problem.isEmpty();
  }

  @Override
  public ObjectNode schema() {
    return TEXT.schema().put("minLength", 1);
  }
}
