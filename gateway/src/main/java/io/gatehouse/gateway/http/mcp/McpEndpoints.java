package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.util.List;

/**
 * Serves MCP over Streamable HTTP: a POST has one message, a DELETE ends a session.
 *
 * <p>There is no GET: the server says nothing that it was not asked for, so the stream of events
 * that a client might listen to would be a connection that is never used.
 */
public final class McpEndpoints {

  /** The versions of the protocol, the newest first. */
  static final List<String> VERSIONS =
      List.of(
          ProtocolVersions.MCP_2025_11_25,
          ProtocolVersions.MCP_2025_06_18,
          ProtocolVersions.MCP_2025_03_26);

  private static final String INSTRUCTIONS =
      "Each tool works in the Linux account of the user you work for, with its home directory and"
          + " exactly its rights. Start with run_command; give it wait to get the output.";

  private final String version;
  private final Origins origins;
  private final Tools tools;
  private final ToolCalls calls;
  private final HomeResources resources;
  private final CallFailures failures;
  private final McpSessions sessions = new McpSessions(System::nanoTime);

  /**
   * @param version the version of Gatehouse
   * @param origins of pages that may use MCP
   */
  public McpEndpoints(
      String version, List<String> origins, Tools tools, UserFiles files, CallFailures failures) {
    this.version = version;
    this.origins = new Origins(origins);
    this.tools = tools;
    this.calls = new ToolCalls(tools, failures);
    this.resources = new HomeResources(files);
    this.failures = failures;
  }

  /** Takes a message. */
  public void post(Exchange exchange) throws IOException {
    requirePermitted(exchange);
    Message message;
    try {
      message = Message.of(read(exchange));
    } catch (RpcException malformed) {
      exchange.status(400);
      refuse(exchange, Json.NODES.nullNode(), malformed);
      return;
    }
    if (message instanceof Message.Request request
        && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
      initialize(exchange, request);
      return;
    }
    McpSession session = sessions.require(exchange.userId(), sessionId(exchange));
    switch (message) {
      case Message.Request request -> answer(exchange, session, request);
      case Message.Notification told -> {
        if (told.method().equals("notifications/cancelled")) {
          session.cancel(told.params().path("requestId"));
        }
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
        .filter(asked -> !VERSIONS.contains(asked))
        .ifPresent(
            unknown -> {
              throw new RefusedException(
                  400, "MCP-Protocol-Version must be one of " + String.join(", ", VERSIONS));
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

  private static JsonNode read(Exchange exchange) {
    try {
      return exchange.tree();
    } catch (ValidationException noJson) {
      throw new RpcException(ErrorCodes.PARSE_ERROR, "The body is not JSON that can be read");
    }
  }

  private void initialize(Exchange exchange, Message.Request request) throws IOException {
    String asked = request.params().path("protocolVersion").asText();
    exchange.header(HttpHeaders.MCP_SESSION_ID, sessions.open(exchange.userId()));
    write(
        exchange,
        request.id(),
        RpcAnswers.of(
            McpSchema.InitializeResult.builder(
                    VERSIONS.contains(asked) ? asked : VERSIONS.getFirst(),
                    McpSchema.ServerCapabilities.builder()
                        .tools(false)
                        .resources(false, false)
                        .build(),
                    McpSchema.Implementation.builder("Gatehouse", version).build())
                .instructions(INSTRUCTIONS)
                .build()));
  }

  private void answer(Exchange exchange, McpSession session, Message.Request request)
      throws IOException {
    try {
      if (request.method().equals(McpSchema.METHOD_TOOLS_CALL)) {
        calls.answer(exchange, session, request);
      } else {
        write(exchange, request.id(), result(exchange, request));
      }
    } catch (RpcException refusal) {
      refuse(exchange, request.id(), refusal);
    }
  }

  private Exchange.JsonWriter result(Exchange exchange, Message.Request request) {
    JsonNode params = request.params();
    return switch (request.method()) {
      case McpSchema.METHOD_PING -> RpcAnswers.of(Json.NODES.objectNode());
      case McpSchema.METHOD_TOOLS_LIST -> RpcAnswers.raw(tools.list());
      case McpSchema.METHOD_RESOURCES_TEMPLATES_LIST -> RpcAnswers.of(HomeResources.templates());
      case McpSchema.METHOD_RESOURCES_LIST ->
          found(
              exchange,
              request,
              () -> RpcAnswers.of(resources.list(exchange, params.path("cursor"))));
      case McpSchema.METHOD_RESOURCES_READ ->
          found(exchange, request, () -> resources.read(exchange, params.path("uri").asText()));
      default ->
          throw new RpcException(
              ErrorCodes.METHOD_NOT_FOUND,
              "There is no such method here; there are tools and resources");
    };
  }

  /** Makes a result of the user's files. */
  @FunctionalInterface
  private interface Search {
    Exchange.JsonWriter result() throws IOException;
  }

  private Exchange.JsonWriter found(Exchange exchange, Message.Request request, Search search) {
    try {
      return search.result();
    } catch (RpcException refusal) {
      throw refusal;
    } catch (IOException | RuntimeException failure) {
      ErrorTable.Answer answer =
          failures.answerTo(failure, "POST /mcp " + request.method(), exchange.caller().user());
      throw new RpcException(code(answer.status()), sentence(answer));
    }
  }

  private static int code(int status) {
    return switch (status) {
      case 404 -> ErrorCodes.RESOURCE_NOT_FOUND;
      case 400, 413, 422 -> ErrorCodes.INVALID_PARAMS;
      default -> ErrorCodes.INTERNAL_ERROR;
    };
  }

  private static String sentence(ErrorTable.Answer answer) {
    try {
      return RpcAnswers.MAPPER.readTree(answer.body()).path("detail").asText();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void write(Exchange exchange, JsonNode id, Exchange.JsonWriter result)
      throws IOException {
    exchange.header("Content-Type", "application/json");
    exchange.stream(out -> RpcAnswers.result(out, id, result));
  }

  private static void refuse(Exchange exchange, JsonNode id, RpcException refusal) {
    exchange.bytes("application/json", RpcAnswers.error(id, refusal));
  }
}
