package io.gatehouse.gateway.http.describe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Range;
import io.gatehouse.gateway.http.binding.RequestBinder;
import io.gatehouse.gateway.http.execute.ExecuteOperations;
import io.gatehouse.gateway.http.execute.InputBody;
import io.gatehouse.gateway.http.execute.InputQuery;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.http.terminal.TerminalOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenApiDocumentTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  record Nested(@Described("a line") @Default("1") @Range(min = 1) int line) {}

  record Complex(@Described("some") List<Nested> some, @Described("names") List<String> names) {}

  private static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>(ExecuteOperations.all(Optional.empty()));
    operations.add(InfoOperation.GET_INFO);
    operations.addAll(TerminalOperations.ALL);
    return operations;
  }

  private static JsonNode document(List<Operation> operations) throws IOException {
    return JSON.readTree(new OpenApiDocument("1.2.3", operations).bytes());
  }

  private static JsonNode facts() throws IOException {
    try (InputStream stream =
        OpenApiDocumentTest.class.getResourceAsStream("open-terminal-facts.json")) {
      return JSON.readTree(stream);
    }
  }

  @Test
  void hasTheOperationsOfOpenTerminal() throws IOException {
    JsonNode paths = document(operations()).path("paths");
    int documented = paths.findValues("operationId").size();

    assertThat(documented).isEqualTo(facts().size());
    for (JsonNode fact : facts()) {
      JsonNode operation =
          paths.path(fact.path("path").asText()).path(fact.path("method").asText());
      String id = fact.path("operationId").asText();

      assertThat(operation.path("operationId").asText()).isEqualTo(id);
      assertThat(parametersAsFacts(operation)).as(id).isEqualTo(fact.path("parameters"));
      assertThat(bodyAsFacts(operation)).as(id).isEqualTo(fact.path("body"));
      for (JsonNode status : fact.path("responses")) {
        assertThat(operation.path("responses").has(status.asText())).as(id).isTrue();
      }
    }
  }

  /** Parameters that Open Terminal does not have. */
  private static final List<String> OURS =
      List.of("read_user_terminal raw", "run_command plain", "get_process_status plain");

  private static JsonNode parametersAsFacts(JsonNode operation) throws IOException {
    var facts = JSON.createObjectNode();
    for (JsonNode parameter : operation.path("parameters")) {
      String name = parameter.path("name").asText();
      if (OURS.contains(operation.path("operationId").asText() + " " + name)) {
        continue;
      }
      var fact = facts.putObject(name);
      fact.set("in", parameter.path("in"));
      fact.set("required", parameter.path("required"));
      for (String key : List.of("type", "minimum", "maximum", "default")) {
        fact.set(key, parameter.path("schema").path(key));
      }
      fact.properties().removeIf(entry -> entry.getValue().isMissingNode());
    }
    // The document is written and read again, so that equal numbers of different Java types are the
    // same.
    return JSON.readTree(facts.toString());
  }

  private static JsonNode bodyAsFacts(JsonNode operation) {
    if (!operation.has("requestBody")) {
      return JSON.missingNode();
    }
    JsonNode schema = operation.at("/requestBody/content/application~1json/schema");
    var fact = JSON.createObjectNode();
    fact.set("required", schema.path("required"));
    var fields = fact.putObject("fields");
    schema
        .path("properties")
        .properties()
        .forEach(field -> fields.set(field.getKey(), field.getValue().path("type")));
    return fact;
  }

  /** All documented parameters are bound, and all bound parameters are documented. */
  @Test
  void documentsExactlyWhatRequestsAreBoundTo() throws IOException {
    JsonNode paths = document(operations()).path("paths");
    for (Operation operation : operations()) {
      JsonNode documented =
          paths.path(operation.path()).path(operation.method().toLowerCase(java.util.Locale.ROOT));
      List<String> parameters = documented.path("parameters").findValuesAsText("name");
      JsonNode body = documented.at("/requestBody/content/application~1json/schema/properties");

      assertThat(parameters).hasSize(operation.parameters().getRecordComponents().length);
      for (JsonNode parameter : documented.path("parameters")) {
        assertThat(isBound(operation, parameter))
            .as(operation.id() + " " + parameter.path("name"))
            .isTrue();
      }
      assertThat(body.size())
          .isEqualTo(operation.body().map(type -> type.getRecordComponents().length).orElse(0));
    }
  }

  /**
   * A parameter is bound when a value that no type accepts, or its absence, is complained about.
   */
  private static boolean isBound(Operation operation, JsonNode parameter) {
    String name = parameter.path("name").asText();
    boolean isInPath = parameter.path("in").asText().equals("path");
    Map<String, List<String>> query = isInPath ? Map.of() : Map.of(name, List.of("[]"));
    Map<String, String> path = isInPath ? Map.of() : Map.of("process_id", "x");
    try {
      RequestBinder.query(operation.parameters(), query, path);
      return false;
    } catch (ValidationException e) {
      return e.problems().size() == 1 && e.problems().getFirst().location().contains(name);
    }
  }

  @Test
  void isAsSimpleAsOpenWebUiReadsIt() {
    String text =
        new String(new OpenApiDocument("1.2.3", operations()).bytes(), StandardCharsets.UTF_8);

    assertThat(text)
        .startsWith("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Gatehouse\"")
        .contains("\"version\":\"1.2.3\"")
        .doesNotContain(
            "$ref", "anyOf", "null", "security", "\"header\"", "\"cookie\"", "components")
        .doesNotContainIgnoringCase("X-User-Id", "X-Session-Id", "additionalProperties\":false");
  }

  @Test
  void describesEveryOperationAndEveryParameter() throws IOException {
    for (JsonNode path : document(operations()).path("paths")) {
      for (JsonNode operation : path) {
        assertThat(operation.path("summary").asText()).isNotBlank();
        assertThat(operation.path("description").asText()).hasSizeGreaterThan(80);
        for (JsonNode parameter : operation.path("parameters")) {
          assertThat(parameter.path("description").asText()).isNotBlank();
          // Open WebUI reads the one or the other, depending on its version.
          assertThat(parameter.path("schema").path("description"))
              .isEqualTo(parameter.path("description"));
        }
      }
    }
  }

  @Test
  void appendsTheOperatorsWordsToRunCommand() {
    String plain = ExecuteOperations.runCommand(Optional.empty()).documentation().description();

    assertThat(ExecuteOperations.runCommand(Optional.of("Use uv.")).documentation().description())
        .isEqualTo(plain + "\n\nUse uv.");
    assertThat(ExecuteOperations.runCommand(Optional.of(" ")).documentation().description())
        .isEqualTo(plain);
  }

  @Test
  void writesNestedRecordsInline() throws IOException {
    Operation operation = Operation.post("/x", "x").body(Complex.class).build();

    assertThat(
            document(List.of(operation))
                .at("/paths/~1x/post/requestBody/content/application~1json/schema"))
        .isEqualTo(
            JSON.readTree(
                """
                {"type":"object","properties":{
                 "some":{"type":"array","description":"some","items":{"type":"object","properties":{
                   "line":{"type":"integer","minimum":1,"description":"a line","default":1}}}},
                 "names":{"type":"array","description":"names","items":{"type":"string"}}},
                 "required":["some","names"]}\
                """));
  }

  @Test
  void leavesHiddenOperationsOut() throws IOException {
    Operation operation = Operation.get("/x", "x").hidden().build();

    assertThat(document(List.of(operation)).path("paths")).isEmpty();
  }

  @Test
  void refusesTwoOperationsInOnePlaceOrOfOneName() {
    Operation first = Operation.get("/x", "x").build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OpenApiDocument("1", List.of(first, first)))
        .withMessage("two operations must not both be called x");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new OpenApiDocument("1", List.of(first, Operation.get("/x", "y").build())))
        .withMessage("GET /x must be documented only once");
  }

  @Test
  void refusesAPathThatItsRecordDoesNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operation.get("/x/{id}", "x").parameters(InputQuery.class).build())
        .withMessage("x: the path has the parameters [id], but the record has [process_id]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operation.get("/x", "x").body(InputBody.class).build())
        .withMessage("x: a GET must have no body");
  }
}
