package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.bench.client.McpClient;
import io.gatehouse.bench.client.TerminalServer;
import java.util.List;
import java.util.Map;

/**
 * Compares calls of tools over MCP. Open Terminal has a server of its own for it, which sends a
 * request to its HTTP interface for each call.
 */
final class McpBenchmark {

  private static final String USER = "user0000";
  private static final int CALLS_IN_ROUND = 20;

  private final Rounds<McpClient> clients;

  /**
   * @param servers the servers whose {@code /mcp} is asked
   */
  McpBenchmark(Rounds<TerminalServer> servers) {
    this.clients =
        new Rounds<>(
            servers.sides().stream().map(server -> new McpClient(server, USER)).toList(),
            servers.rounds(),
            servers.report());
  }

  void run() {
    System.err.println("mcp");
    clients.sides().forEach(McpClient::initialize);
    clients.compare("MCP, run_command, p50", CALLS_IN_ROUND, McpBenchmark::runCommand);
    clients.compare("MCP, list of tools, p50", CALLS_IN_ROUND, McpBenchmark::listTools);
  }

  private static void runCommand(McpClient client) {
    JsonNode result =
        client.request(
            "tools/call",
            Map.of(
                "name",
                "run_command",
                "arguments",
                Map.of("command", "echo $((1+1))", "wait", 10)));
    JsonNode content = result.path("structuredContent");
    String output = content.at("/output/0/data").asText().strip();
    if (result.path("isError").asBoolean(true)
        || content.path("exit_code").asInt(-1) != 0
        || !output.equals("2")) {
      throw new IllegalStateException("a command over MCP did not end well: " + result);
    }
  }

  private static void listTools(McpClient client) {
    List<String> names =
        client.request("tools/list", Map.of()).path("tools").findValuesAsText("name");
    if (!names.contains("run_command")) {
      throw new IllegalStateException("the list of tools is not whole: " + names);
    }
  }
}
