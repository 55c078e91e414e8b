package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import java.io.IOException;

/** Sends messages to a client while its call goes on. */
interface MessageStream {

  /** Sends the answer to a request. */
  void result(JsonNode id, JsonWriter result) throws IOException;

  /**
   * Tells the client that a call goes on.
   *
   * @param token the client's name for the progress of this call
   * @param seconds since the call began
   */
  void progress(JsonNode token, double seconds, String message) throws IOException;

  /** Keeps the connection alive while there is nothing to tell. */
  void keepAlive() throws IOException;
}
