package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.json.Json;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.List;

/**
 * Serves MCP over Streamable HTTP: a POST has one message, a DELETE ends a session.
 *
 * <p>There is no GET: the server says nothing that it was not asked for, so the stream of events
 * that a client might listen to would be a connection that is never used.
 */
public final class McpEndpoints {

  private final Origins origins;
  private final McpMethods methods;
  private final McpSessions sessions = new McpSessions(System::nanoTime);

  /**
   * @param origins of pages that may use MCP
   */
  public McpEndpoints(List<String> origins, McpMethods methods) {
    this.origins = new Origins(origins);
    this.methods = methods;
  }

  /** Takes a message. */
  public void post(Exchange exchange) throws IOException {
    requirePermitted(exchange);
    Message message;
    try {
      message = McpMethods.read(exchange);
    } catch (RpcException malformed) {
      exchange.status(400);
      refuse(exchange, Json.NODES.nullNode(), malformed);
      return;
    }
    if (message instanceof Message.Request request
        && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
      exchange.header(HttpHeaders.MCP_SESSION_ID, sessions.open(exchange.userId()));
      write(exchange, request.id(), methods.initialize(request));
      return;
    }
    McpSession session = sessions.require(exchange.userId(), sessionId(exchange));
    switch (message) {
      case Message.Request request -> answer(exchange, session, request);
      case Message.Notification told -> {
        session.hear(told);
        exchange.status(202);
      }
      case Message.Response unused -> exchange.status(202);
    }
  }

  /** Ends a session. */
  public void delete(Exchange exchange) {
    requirePermitted(exchange);
    sessions.end(exchange.userId(), sessionId(exchange));
    exchange.status(204);
  }

  private void requirePermitted(Exchange exchange) {
    origins.require(exchange.header("Origin"));
    exchange
        .header(HttpHeaders.PROTOCOL_VERSION)
        .filter(asked -> !McpMethods.VERSIONS.contains(asked))
        .ifPresent(
            unknown -> {
              throw new RefusedException(
                  400,
                  "MCP-Protocol-Version must be one of " + String.join(", ", McpMethods.VERSIONS));
            });
  }

  private static String sessionId(Exchange exchange) {
    return exchange
        .header(HttpHeaders.MCP_SESSION_ID)
        .orElseThrow(
            () ->
                new RefusedException(
                    400,
                    "Mcp-Session-Id is required; the answer to initialize has it as a header"));
  }

  private void answer(Exchange exchange, McpSession session, Message.Request request)
      throws IOException {
    try {
      if (request.method().equals(McpSchema.METHOD_TOOLS_CALL)) {
        methods.calls().answer(exchange, session, request);
      } else {
        write(exchange, request.id(), methods.result(exchange, request));
      }
    } catch (RpcException refusal) {
      refuse(exchange, request.id(), refusal);
    }
  }

  private static void write(Exchange exchange, JsonNode id, JsonWriter result) throws IOException {
    exchange.header("Content-Type", "application/json");
    exchange.stream(out -> RpcAnswers.result(out, id, result));
  }

  private static void refuse(Exchange exchange, JsonNode id, RpcException refusal) {
    exchange.bytes("application/json", RpcAnswers.error(id, refusal));
  }
}
