package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A session of a client, with its calls that are running. */
final class McpSession {

  private final Map<JsonNode, RunningCall> calls = new ConcurrentHashMap<>();
  private volatile long lastUse;

  /**
   * @param now the time in nanoseconds
   */
  McpSession(long now) {
    this.lastUse = now;
  }

  void use(long now) {
    lastUse = now;
  }

  long lastUse() {
    return lastUse;
  }

  boolean isBusy() {
    return !calls.isEmpty();
  }

  /**
   * Notes that a call is running. The quota of requests bounds the number of calls.
   *
   * @throws RpcException if a running call has this id
   */
  RunningCall begin(JsonNode id, Optional<JsonNode> progressToken) {
    RunningCall call = new RunningCall(progressToken, () -> calls.remove(id));
    if (calls.putIfAbsent(id, call) != null) {
      throw new RpcException(
          ErrorCodes.INVALID_REQUEST, "A request with this id is still running; use another id");
    }
    return call;
  }

  /** Cancels the call that a notification names, if it is still running. */
  void hear(Message.Notification told) {
    if (told.method().equals("notifications/cancelled")) {
      Optional.ofNullable(calls.get(told.params().path("requestId")))
          .ifPresent(RunningCall::cancel);
    }
  }

  /** Cancels all calls. */
  void end() {
    calls.values().forEach(RunningCall::cancel);
  }
}
