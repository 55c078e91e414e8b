package io.gatehouse.gateway.http.describe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.binding.Field;
import io.gatehouse.gateway.http.binding.RecordType;
import io.gatehouse.gateway.http.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The OpenAPI document, from the records that requests are bound to.
 *
 * <p>It has only what Open WebUI understands: no references, no security schemes (models would ask
 * people for tokens), no header or cookie parameters (they would be shown but never sent), and an
 * optional value is one that is not required, not one that may be null. It is written once and
 * served from memory, because Open WebUI may fetch it before every turn of a chat.
 */
public final class OpenApiDocument {

  private static final String TITLE = "Gatehouse";

  private final byte[] bytes;

  /**
   * Writes the document.
   *
   * @param version the version of Gatehouse
   * @param operations the operations to document; hidden operations are left out
   */
  public OpenApiDocument(String version, List<Operation> operations) {
    requireDistinctIds(operations);
    ObjectNode document = Json.NODES.objectNode().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", TITLE)
        .put("description", "A terminal of their own for every user: real logins on one machine.")
        .put("version", version);
    ObjectNode paths = document.putObject("paths");
    for (Operation operation : operations) {
      if (!operation.documentation().hidden()) {
        String method = operation.method().toLowerCase(Locale.ROOT);
        ObjectNode methods = paths.withObjectProperty(operation.path());
        if (methods.replace(method, describe(operation)) != null) {
          throw new IllegalArgumentException(
              operation.method() + " " + operation.path() + " must be documented only once");
        }
      }
    }
    bytes = Json.bytes(document);
  }

  /** The document as UTF-8. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private static void requireDistinctIds(List<Operation> operations) {
    Set<String> ids = new HashSet<>();
    for (Operation operation : operations) {
      if (!ids.add(operation.id())) {
        throw new IllegalArgumentException(
            "two operations must not both be called " + operation.id());
      }
    }
  }

  private static ObjectNode describe(Operation operation) {
    List<Field> fields = RecordType.of(operation.parameters()).fields();
    ObjectNode json =
        Json.NODES
            .objectNode()
            .put("operationId", operation.id())
            .put("summary", operation.documentation().summary())
            .put("description", operation.documentation().description());
    if (!fields.isEmpty()) {
      ArrayNode parameters = json.putArray("parameters");
      fields.forEach(field -> parameters.add(parameter(field)));
    }
    operation.body().ifPresent(type -> json.set("requestBody", requestBody(type)));
    json.set("responses", responses(operation, !fields.isEmpty()));
    return json;
  }

  private static ObjectNode parameter(Field field) {
    ObjectNode parameter =
        Json.NODES
            .objectNode()
            .put("name", field.name())
            .put("in", field.inPath() ? "path" : "query")
            .put("required", field.presence().isRequired())
            .put("description", field.description());
    parameter.set("schema", field.schema());
    return parameter;
  }

  private static ObjectNode requestBody(Class<? extends Record> type) {
    ObjectNode body = Json.NODES.objectNode().put("required", true);
    body.putObject("content")
        .putObject("application/json")
        .set("schema", RecordType.of(type).schema());
    return body;
  }

  private static ObjectNode responses(Operation operation, boolean hasParameters) {
    SortedMap<Integer, String> meanings = new TreeMap<>(operation.documentation().responses());
    meanings.putIfAbsent(200, "Done.");
    meanings.putIfAbsent(401, "The credentials are missing or wrong.");
    if (hasParameters || operation.body().isPresent()) {
      meanings.putIfAbsent(422, "A parameter or field is wrong; detail names each and its rule.");
    }
    ObjectNode responses = Json.NODES.objectNode();
    meanings.forEach(
        (status, meaning) ->
            responses.putObject(String.valueOf(status)).put("description", meaning));
    return responses;
  }
}
