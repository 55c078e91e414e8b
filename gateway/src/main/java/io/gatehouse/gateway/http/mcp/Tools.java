package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.exchange.Endpoint;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The tools, by name; their list is written once. */
public final class Tools {

  private final Map<String, Tool> byName;
  private final byte[] list;

  private Tools(Map<String, Tool> byName) {
    this.byName = byName;
    this.list = write(byName.values());
  }

  /**
   * Makes a tool of each operation that models see.
   *
   * @param endpoints finds what answers an operation
   */
  public static Tools of(List<Operation> operations, Function<Operation, Endpoint> endpoints) {
    Map<String, Tool> tools = new LinkedHashMap<>();
    for (Operation operation : operations) {
      if (!operation.documentation().hidden()) {
        tools.put(operation.id(), new Tool(operation, endpoints.apply(operation)));
      }
    }
    return new Tools(tools);
  }

  private static byte[] write(Collection<Tool> tools) {
    List<McpSchema.Tool> described = tools.stream().map(Tool::describe).toList();
    try {
      return RpcAnswers.MAPPER.writeValueAsBytes(
          McpSchema.ListToolsResult.builder(described).build());
    } catch (JsonProcessingException failure) {
      throw new UncheckedIOException("write the list of tools", failure);
    }
  }

  Optional<Tool> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The result of {@code tools/list}. */
  byte[] list() {
    return list.clone();
  }
}
