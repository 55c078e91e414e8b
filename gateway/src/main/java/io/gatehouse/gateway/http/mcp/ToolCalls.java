package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.transfer.Downloads;
import io.gatehouse.gateway.schedule.Deferred;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Answers calls of tools.
 *
 * <p>A call runs on a thread of its own while the request's thread tells the client how far it is.
 * A short call is answered with JSON, a longer one with a stream of events.
 *
 * <p>A cancelled call ends its wait, and nothing else: the command that it started goes on, and the
 * progress that the client has heard of says as which process. Nothing is sent for it any more, as
 * the protocol demands.
 */
final class ToolCalls {

  /** The time within which a call is answered without a stream. */
  static final Duration SHORT = Duration.ofSeconds(1);

  /** The pause between two events of a call. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final String DISPLAY = "display_file";
  private static final String READ = "read_file";

  private final Deferred<Tools> tools;
  private final CallFailures failures;

  ToolCalls(Deferred<Tools> tools, CallFailures failures) {
    this.tools = tools;
    this.failures = failures;
  }

  /**
   * Answers {@code tools/call} over HTTP.
   *
   * @throws RpcException if there is no such tool, or the call is malformed
   */
  void answer(Exchange exchange, McpSession session, Message.Request request) throws IOException {
    run(exchange, session, request, run -> answer(exchange, request.id(), run));
  }

  /**
   * Answers {@code tools/call} on a stream that is open already.
   *
   * @throws RpcException if there is no such tool, or the call is malformed
   */
  void answer(
      Exchange exchange, McpSession session, Message.Request request, MessageStream messages)
      throws IOException {
    run(
        exchange,
        session,
        request,
        run -> {
          if (!run.isDoneWithin(SHORT)) {
            stream(messages, request.id(), run);
          } else if (!run.call.isCancelled()) {
            messages.result(request.id(), run.result());
          }
        });
  }

  /** Sends the answer to a call that has begun. */
  @FunctionalInterface
  private interface Sending {
    void send(Run run) throws IOException;
  }

  private void run(Exchange exchange, McpSession session, Message.Request request, Sending sending)
      throws IOException {
    String name = request.params().path("name").asText();
    Tool tool =
        tools
            .value()
            .find(name)
            .orElseThrow(
                () ->
                    new RpcException(
                        ErrorCodes.INVALID_PARAMS,
                        "There is no such tool; tools/list names those that there are"));
    JsonNode arguments = arguments(request.params());
    JsonNode token = request.params().path("_meta").path("progressToken");
    try (RunningCall call =
        session.begin(request.id(), Optional.of(token).filter(JsonNode::isValueNode))) {
      Run run = new Run(exchange, tool, arguments, call);
      try {
        sending.send(run);
      } finally {
        call.giveUp();
        run.await();
      }
    }
  }

  private static JsonNode arguments(JsonNode params) {
    JsonNode arguments = params.path("arguments");
    if (arguments.isMissingNode() || arguments.isNull()) {
      return Json.NODES.objectNode();
    }
    if (!arguments.isObject()) {
      throw new RpcException(
          ErrorCodes.INVALID_PARAMS, "The \"arguments\" of a call must be an object");
    }
    return arguments;
  }

  private static void answer(Exchange exchange, JsonNode id, Run run) throws IOException {
    if (!takes(exchange, EventStream.TYPE)) {
      run.await();
    }
    boolean isShort = takes(exchange, "application/json") && run.isDoneWithin(SHORT);
    if (isShort && !run.call.isCancelled()) {
      exchange.header("Content-Type", "application/json");
      exchange.stream(out -> RpcAnswers.result(out, id, run.result()));
      return;
    }
    exchange.header("Content-Type", EventStream.TYPE).header("Cache-Control", "no-store");
    exchange.stream(out -> stream(new EventStream(out), id, run));
  }

  private static boolean takes(Exchange exchange, String type) {
    String accepted = exchange.header("Accept").orElse("*/*");
    return accepted.contains(type) || accepted.contains("*/*");
  }

  private static void stream(MessageStream messages, JsonNode id, Run run) throws IOException {
    do {
      tell(messages, run);
    } while (!run.isDoneWithin(PAUSE));
    if (!run.call.isCancelled()) {
      messages.result(id, run.result());
    }
  }

  private static void tell(MessageStream messages, Run run) throws IOException {
    Optional<JsonNode> token = run.call.progressToken();
    if (token.isPresent() && !run.call.isCancelled()) {
      messages.progress(token.get(), run.seconds(), run.call.message());
    } else {
      messages.keepAlive();
    }
  }

  /** One call, on a thread of its own. */
  private final class Run {

    private final long begin = System.nanoTime();
    private final Exchange exchange;
    private final RunningCall call;
    private final CompletableFuture<ToolResult> running;

    Run(Exchange exchange, Tool tool, JsonNode arguments, RunningCall call) {
      this.exchange = exchange;
      this.call = call;
      this.running =
          CompletableFuture.supplyAsync(() -> run(tool, arguments), Thread::startVirtualThread);
    }

    private ToolResult run(Tool tool, JsonNode arguments) {
      CallCarrier answer = call(tool, arguments);
      return new ToolResult(answer, picture(tool, arguments, answer));
    }

    private CallCarrier call(Tool tool, JsonNode arguments) {
      CallCarrier carrier = new CallCarrier(tool, arguments, exchange, call);
      try {
        tool.endpoint().answer(exchange.within(carrier));
      } catch (Exception failure) {
        ErrorTable.Answer answer =
            failures.answerTo(failure, "MCP " + tool.name(), exchange.caller().user());
        carrier.fail(answer.status(), answer.body());
      }
      return carrier;
    }

    /** A client of MCP has no viewer of files, so a picture to show comes with the answer. */
    private Optional<CallCarrier> picture(Tool tool, JsonNode arguments, CallCarrier answer) {
      String path = arguments.path("path").asText();
      if (!tool.name().equals(DISPLAY)
          || answer.status() >= 400
          || !Downloads.mediaType(path).startsWith("image/")) {
        return Optional.empty();
      }
      ObjectNode file = Json.NODES.objectNode().put("path", path);
      return tools
          .value()
          .find(READ)
          .map(read -> call(read, file))
          .filter(each -> each.status() < 400 && each.mediaType().startsWith("image/"));
    }

    ToolResult result() {
      return running.join();
    }

    double seconds() {
      return Math.floor((System.nanoTime() - begin) / 1e8) / 10;
    }

    /** Waits for the end. Every operation has limits of its own. */
    void await() {
      var unused = running.handle((result, failure) -> true).join();
    }

    boolean isDoneWithin(Duration limit) {
      try {
        var unused = running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        return true;
      } catch (TimeoutException goesOn) {
        return false;
      } catch (ExecutionException failure) {
        throw new IllegalStateException("a call failed", failure.getCause());
      } catch (InterruptedException interruption) {
        call.giveUp();
        await();
        Thread.currentThread().interrupt();
        return true;
      }
    }
  }
}
