package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.OpenTerminal;
import io.gatehouse.gateway.support.RealSshd;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares the OpenAPI document with that of Open Terminal itself. */
final class OpenApiConformanceIT {

  private static final String KEY = "openapi-test-key";

  /** The additions that docs/reference/differences.md names. */
  private static final Set<String> ADDED =
      Set.of("GET /environment get_environment", "POST /files/patch apply_patch");

  private static final Map<String, String> ADDED_PARAMETERS =
      Map.of(
          "POST /execute run_command", "query plain",
          "GET /execute/{process_id}/status get_process_status", "query plain",
          "GET /api/terminals/user/output read_user_terminal", "query raw");

  @Test
  void describesTheOperationsOfOpenTerminalAndTheNamedAdditions() {
    try (OpenTerminal reference = OpenTerminal.start(KEY);
        RealSshd sshd = RealSshd.start();
        RunningGateway gateway = sshd.startGateway(KEY, Map.of())) {
      SortedMap<String, SortedSet<String>> expected = operations(reference.url());
      assertThat(expected).hasSizeGreaterThan(10);
      ADDED_PARAMETERS.forEach((operation, parameter) -> expected.get(operation).add(parameter));
      SortedMap<String, SortedSet<String>> described =
          operations("http://127.0.0.1:" + gateway.port());
      assertThat(described.keySet()).containsAll(ADDED);
      described.keySet().removeAll(ADDED);
      assertThat(described).isEqualTo(expected);
    }
  }

  /**
   * The operations of a server: method, path and id, each with the places and names of its
   * parameters, and whether they are required.
   */
  private static SortedMap<String, SortedSet<String>> operations(String address) {
    JsonNode document =
        new Client(address, Map.of("Authorization", "Bearer " + KEY)).get("/openapi.json").json();
    SortedMap<String, SortedSet<String>> operations = new TreeMap<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            operations.put(
                                method.getKey().toUpperCase(Locale.ROOT)
                                    + " "
                                    + path.getKey()
                                    + " "
                                    + method.getValue().path("operationId").asText(),
                                parameters(document, method.getValue()))));
    return operations;
  }

  private static SortedSet<String> parameters(JsonNode document, JsonNode operation) {
    SortedSet<String> parameters = new TreeSet<>();
    for (JsonNode each : operation.path("parameters")) {
      String name = each.path("in").asText() + " " + each.path("name").asText();
      parameters.add(name + (each.path("required").asBoolean() ? ", required" : ""));
    }
    JsonNode body =
        resolved(document, operation.at("/requestBody/content/application~1json/schema"));
    Set<String> required = new TreeSet<>();
    body.path("required").forEach(name -> required.add(name.asText()));
    body.path("properties")
        .properties()
        .forEach(
            field ->
                parameters.add(
                    "body "
                        + field.getKey()
                        + (required.contains(field.getKey()) ? ", required" : "")));
    return parameters;
  }

  private static JsonNode resolved(JsonNode document, JsonNode schema) {
    String reference = schema.path("$ref").asText();
    return reference.isEmpty() ? schema : document.at(reference.substring(1));
  }
}
