package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.schedule.Deferred;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The methods that clients may call, over HTTP and from a login alike. */
public final class McpMethods {

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
  private final Deferred<Tools> tools;
  private final ToolCalls calls;
  private final HomeResources resources;
  private final CallFailures failures;

  /**
   * @param version the version of Gatehouse
   */
  public McpMethods(String version, Deferred<Tools> tools, UserFiles files, CallFailures failures) {
    this.version = version;
    this.tools = tools;
    this.calls = new ToolCalls(tools, failures);
    this.resources = new HomeResources(files);
    this.failures = failures;
  }

  /**
   * The part that answers calls of tools, which may take several messages. All other methods have
   * one result.
   */
  ToolCalls calls() {
    return calls;
  }

  /**
   * The message in the body of a request.
   *
   * @throws RpcException if the body is not a message
   */
  static Message read(Exchange exchange) {
    JsonNode body;
    try {
      body = exchange.tree();
    } catch (ValidationException noJson) {
      throw new RpcException(
          ErrorCodes.PARSE_ERROR,
          "The message is not JSON that can be read; send one JSON-RPC message");
    }
    return Message.of(body);
  }

  /** The result of {@code initialize}. */
  JsonWriter initialize(Message.Request request) {
    String asked = request.params().path("protocolVersion").asText();
    return RpcAnswers.of(
        McpSchema.InitializeResult.builder(
                VERSIONS.contains(asked) ? asked : VERSIONS.getFirst(),
                McpSchema.ServerCapabilities.builder().tools(false).resources(false, false).build(),
                McpSchema.Implementation.builder("Gatehouse", version).build())
            .instructions(INSTRUCTIONS)
            .build());
  }

  /**
   * The result of a request that calls no tool.
   *
   * @throws RpcException if there is no such method, or it cannot be done
   */
  JsonWriter result(Exchange exchange, Message.Request request) {
    JsonNode params = request.params();
    return switch (request.method()) {
      case McpSchema.METHOD_PING -> RpcAnswers.of(Json.NODES.objectNode());
      case McpSchema.METHOD_TOOLS_LIST -> RpcAnswers.raw(tools.value().list());
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
    JsonWriter result() throws IOException;
  }

  private JsonWriter found(Exchange exchange, Message.Request request, Search search) {
    try {
      return search.result();
    } catch (RpcException refusal) {
      throw refusal;
    } catch (IOException | RuntimeException failure) {
      throw refusal(failure, request.method(), exchange.caller().user());
    }
  }

  /**
   * Logs that a request failed, and makes the refusal that its client is sent.
   *
   * @param what was asked for, for the log
   */
  RpcException refusal(Exception failure, String what, Optional<User> user) {
    ErrorTable.Answer answer = failures.answerTo(failure, "MCP " + what, user);
    return new RpcException(code(answer.status()), sentence(answer));
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
}
