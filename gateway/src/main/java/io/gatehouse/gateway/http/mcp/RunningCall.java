package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A call of a tool that is not answered yet. */
final class RunningCall implements AutoCloseable {

  private final Runnable onEnd;
  private final CompletableFuture<Void> givenUp = new CompletableFuture<>();
  private final Optional<JsonNode> progressToken;
  private volatile boolean cancelled;
  private volatile String message = "The call is running";

  /**
   * @param progressToken the client's name for the progress of the call; empty if it wants no
   *     notifications
   * @param onEnd removes the call from its session
   */
  RunningCall(Optional<JsonNode> progressToken, Runnable onEnd) {
    this.progressToken = progressToken;
    this.onEnd = onEnd;
  }

  Optional<JsonNode> progressToken() {
    return progressToken;
  }

  /** Completes when nobody waits for the answer any longer. */
  CompletableFuture<Void> givenUp() {
    return givenUp;
  }

  /** Ends the waits of the call, since nobody reads its answer. */
  void giveUp() {
    givenUp.complete(null);
  }

  /** Ends the waits of the call, since the client has asked for that. */
  void cancel() {
    cancelled = true;
    giveUp();
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** A sentence for the client about what the call is doing. */
  String message() {
    return message;
  }

  void tell(String words) {
    message = words;
  }

  @Override
  public void close() {
    giveUp();
    onEnd.run();
  }
}
