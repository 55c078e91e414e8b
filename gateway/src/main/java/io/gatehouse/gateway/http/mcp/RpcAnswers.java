package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import io.gatehouse.gateway.http.json.Json;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** Writes JSON-RPC messages of the server. */
final class RpcAnswers {

  /**
   * The mapper for messages. It can also write the records of the SDK, which have Jackson's
   * annotations.
   */
  static final ObjectMapper MAPPER =
      new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private RpcAnswers() {}

  /** A result of the SDK's types. */
  static JsonWriter of(Object result) {
    return (json, out) -> MAPPER.writeValue(json, result);
  }

  /** A result that is written already. */
  static JsonWriter raw(byte[] result) {
    return (json, out) -> {
      json.writeRawValue("");
      json.flush();
      out.write(result);
    };
  }

  /** Writes the answer to a request. */
  static void result(OutputStream out, JsonNode id, JsonWriter result) throws IOException {
    try (JsonGenerator json = MAPPER.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("jsonrpc", "2.0");
      json.writeFieldName("id");
      json.writeTree(id);
      json.writeFieldName("result");
      result.write(json, out);
      json.writeEndObject();
    }
  }

  /** The answer to a request that failed, or to a message that is not a request. */
  static byte[] error(JsonNode id, RpcException failure) {
    ObjectNode message = Json.NODES.objectNode().put("jsonrpc", "2.0");
    message.set("id", id);
    message
        .putObject("error")
        .put("code", failure.code())
        .put("message", Json.wellFormed(failure.sentence()));
    return Json.bytes(message);
  }

  /** The notification that tells how far a call is. */
  static byte[] progress(JsonNode token, double seconds, String message) throws IOException {
    return MAPPER.writeValueAsBytes(
        Map.of(
            "jsonrpc",
            "2.0",
            "method",
            McpSchema.METHOD_NOTIFICATION_PROGRESS,
            "params",
            new McpSchema.ProgressNotification(token, (Double) seconds, null, message, null)));
  }
}
