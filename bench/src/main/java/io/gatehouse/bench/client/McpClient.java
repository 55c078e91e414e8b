package io.gatehouse.bench.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A session of MCP over Streamable HTTP (revision 2025-06-18) with a server's {@code /mcp}. */
public final class McpClient {

  private static final String VERSION = "2025-06-18";
  private static final String SESSION = "Mcp-Session-Id";
  private static final String DATA = "data:";

  private final TerminalServer server;
  private final String user;
  private final Map<String, String> headers =
      new LinkedHashMap<>(
          Map.of("Accept", "application/json, text/event-stream", "MCP-Protocol-Version", VERSION));

  private int requests;

  public McpClient(TerminalServer server, String user) {
    this.server = server;
    this.user = user;
  }

  public void initialize() {
    JsonNode unused =
        request(
            "initialize",
            Map.of(
                "protocolVersion",
                VERSION,
                "capabilities",
                Map.of(),
                "clientInfo",
                Map.of("name", "bench", "version", "1")));
    Map<String, Object> told = Map.of("jsonrpc", "2.0", "method", "notifications/initialized");
    TerminalServer.Answer answer = server.exchange(user, "/mcp", headers, told);
    if (answer.status() != 202) {
      throw new IllegalStateException("a notification was answered with " + answer.status());
    }
  }

  /**
   * The result of a request.
   *
   * @throws IllegalStateException if the answer is not a result for this request
   */
  public JsonNode request(String method, Map<String, ?> params) {
    int id = ++requests;
    TerminalServer.Answer answer =
        server.exchange(
            user,
            "/mcp",
            headers,
            Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params));
    if (answer.status() != 200) {
      throw new IllegalStateException("MCP was answered with " + answer.status());
    }
    answer.header(SESSION).ifPresent(session -> headers.put(SESSION, session));
    JsonNode message = TerminalServer.parse(message(answer).getBytes(UTF_8));
    if (message.path("id").asInt() != id || !message.has("result")) {
      throw new IllegalStateException("no result of MCP: " + message);
    }
    return message.path("result");
  }

  /** The message of an answer, which may be one event of a stream. */
  private static String message(TerminalServer.Answer answer) {
    String text = answer.text();
    Optional<String> event =
        text.lines().filter(line -> line.startsWith(DATA)).reduce((first, last) -> last);
    return event.map(line -> line.substring(DATA.length())).orElse(text);
  }
}
