package io.gatehouse.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.gatehouse.gateway.http.describe.InfoOperation;
import io.gatehouse.gateway.http.describe.OpenApiDocument;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Counts what all tools cost a model in each request of a chat. */
final class ToolCostTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static List<Operation> offered(boolean extraTools) {
    return Operations.offered(
        new ServiceSettings(
            Optional.empty(), true, Optional.of("info"), Optional.empty(), extraTools),
        true);
  }

  @Test
  void allToolsCostLessThanThreeThousandTokens() throws IOException {
    Encoding encoding = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    int all = 0;
    for (JsonNode path :
        JSON.readTree(new OpenApiDocument("1", offered(true)).bytes()).get("paths")) {
      for (JsonNode operation : path) {
        int cost = encoding.countTokens(JSON.writeValueAsString(tool(operation)));
        System.out.println(operation.path("operationId").asText() + " " + cost + " tokens");
        all += cost;
      }
    }
    System.out.println("all tools " + all + " tokens");
    assertThat(all).isLessThan(3000);
  }

  /**
   * A tool as Open WebUI 0.12 makes it of an operation ({@code convert_openapi_to_tool_payload}):
   * it takes over the whole schema of a body, but no limits and no default of a parameter.
   */
  private static ObjectNode tool(JsonNode operation) {
    ObjectNode function = JSON.createObjectNode();
    function.put("name", operation.path("operationId").asText());
    function.put("description", operation.path("description").asText());
    ObjectNode parameters = function.putObject("parameters").put("type", "object");
    ObjectNode properties = parameters.putObject("properties");
    ArrayNode required = JSON.createArrayNode();
    for (JsonNode parameter : operation.path("parameters")) {
      String name = parameter.path("name").asText();
      JsonNode schema = parameter.path("schema");
      ObjectNode property = properties.putObject(name).put("type", schema.path("type").asText());
      property.put("description", schema.path("description").asText() + possibleValues(schema));
      if (schema.has("items")) {
        property.set("items", schema.path("items"));
      }
      if (parameter.path("required").asBoolean()) {
        required.add(name);
      }
    }
    JsonNode body = operation.at("/requestBody/content/application~1json/schema");
    body.path("properties")
        .properties()
        .forEach(each -> properties.set(each.getKey(), each.getValue()));
    body.path("required").forEach(required::add);
    parameters.set("required", required);
    return function;
  }

  private static String possibleValues(JsonNode schema) {
    List<String> values = new ArrayList<>();
    schema.path("enum").forEach(value -> values.add(value.asText()));
    return values.isEmpty() ? "" : ". Possible values: " + String.join(", ", values);
  }

  @Test
  void theToolsOfOursCanBeTurnedOff() {
    assertThat(offered(true)).extracting(Operation::id).contains("apply_patch", "get_environment");
    assertThat(offered(false))
        .extracting(Operation::id)
        .contains("run_command", InfoOperation.GET_INFO.id())
        .doesNotContain("apply_patch", "get_environment");
  }
}
