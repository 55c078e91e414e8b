package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;

/** A JSON-RPC message of a client. */
sealed interface Message {

  /**
   * The most characters of a request's id and of a method's name. The id is kept while the request
   * runs.
   */
  int LONGEST_NAME = 256;

  /**
   * A request, which asks for an answer.
   *
   * @param id a text or a whole number, sent back as it is
   * @param params an object, or missing
   */
  record Request(JsonNode id, String method, JsonNode params) implements Message {}

  /** A notification, which has no answer. */
  record Notification(String method, JsonNode params) implements Message {}

  /**
   * An answer to a request of the server's. Gatehouse sends no requests, so nothing of the answer
   * is kept.
   */
  record Response() implements Message {}

  /**
   * Reads a message.
   *
   * @throws RpcException if it is none
   */
  static Message of(JsonNode json) {
    if (json.isArray()) {
      throw invalid("Send one JSON-RPC message at a time; a list of messages is not read");
    }
    if (!json.isObject() || !json.path("jsonrpc").asText().equals("2.0")) {
      throw invalid("This must be a JSON-RPC message: an object with \"jsonrpc\": \"2.0\"");
    }
    JsonNode id = json.path("id");
    JsonNode method = json.path("method");
    JsonNode params = json.path("params");
    if (method.isMissingNode() && (json.has("result") || json.has("error"))) {
      return new Response();
    }
    if (!method.isTextual() || method.asText().length() > LONGEST_NAME) {
      throw invalid("The message must have a \"method\", a text");
    }
    if (!params.isMissingNode() && !params.isObject()) {
      throw invalid("The \"params\" of a message must be an object");
    }
    if (id.isMissingNode()) {
      return new Notification(method.asText(), params);
    }
    requireId(id);
    return new Request(id, method.asText(), params);
  }

  private static void requireId(JsonNode id) {
    boolean isText = id.isTextual() && id.asText().length() <= LONGEST_NAME;
    if (!isText && !(id.isIntegralNumber() && id.canConvertToLong())) {
      throw invalid(
          "The \"id\" of a request must be a whole number, or a text of at most "
              + LONGEST_NAME
              + " characters");
    }
  }

  private static RpcException invalid(String sentence) {
    return new RpcException(ErrorCodes.INVALID_REQUEST, sentence);
  }
}
