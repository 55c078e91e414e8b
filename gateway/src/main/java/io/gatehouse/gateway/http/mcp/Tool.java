package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.binding.Field;
import io.gatehouse.gateway.http.binding.RecordType;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.json.Json;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An operation as MCP's clients see it.
 *
 * @param endpoint answers the operation over HTTP too
 */
record Tool(Operation operation, Endpoint endpoint) {

  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  String name() {
    return operation.id();
  }

  McpSchema.Tool describe() {
    return McpSchema.Tool.builder(name(), inputSchema())
        .title(operation.documentation().summary())
        .description(operation.documentation().description())
        .annotations(ToolHints.of(operation))
        .build();
  }

  /** One flat object of all that the path, the query and the body take, as in Open Terminal. */
  private Map<String, Object> inputSchema() {
    List<Field> fields = new ArrayList<>(RecordType.of(operation.parameters()).fields());
    operation.body().ifPresent(body -> fields.addAll(RecordType.of(body).fields()));
    ObjectNode schema = Json.NODES.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = Json.NODES.arrayNode();
    for (Field field : fields) {
      boolean isNew = properties.putIfAbsent(field.name(), field.schema()) == null;
      if (isNew && field.presence().isRequired()) {
        required.add(field.name());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return RpcAnswers.MAPPER.convertValue(schema, OBJECT);
  }
}
