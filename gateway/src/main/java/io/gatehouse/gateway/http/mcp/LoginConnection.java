package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers the messages of one {@code gatehouse mcp} in a login. Each message is a line. The caller
 * is known from the beginning, and no message can name another.
 */
final class LoginConnection {

  /** Tells the program in the login that messages may come. */
  static final String WELCOME = "+";

  /** Begins the sentence that tells the program in the login why it is refused. */
  static final String REFUSAL = "-";

  private final ByteChannel channel;
  private final LineStream out;
  private final Caller caller;
  private final McpMethods methods;
  private final MemoryBudget memory;
  private final long largestMessage;
  private final RequestGate gate;
  private final McpSession session = new McpSession(0);

  LoginConnection(
      ByteChannel channel,
      Caller caller,
      McpMethods methods,
      MemoryBudget memory,
      long largestMessage,
      RequestGate gate) {
    this.channel = channel;
    this.out = new LineStream(channel);
    this.caller = caller;
    this.methods = methods;
    this.memory = memory;
    this.largestMessage = largestMessage;
    this.gate = gate;
  }

  /**
   * Answers messages until the other end sends no more and all calls that are running have been
   * answered.
   */
  void serve() throws IOException {
    out.line(to -> to.write(WELCOME.getBytes(US_ASCII)));
    LineReader lines = new LineReader(channel, largestMessage);
    try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        boolean isOpen = true;
        while (isOpen) {
          isOpen = serveNext(lines, requests);
        }
      } catch (IOException broken) {
        session.end();
        throw broken;
      }
    }
  }

  /** Reads a message and has it answered. Returns whether there was a message. */
  private boolean serveNext(LineReader lines, ExecutorService requests) throws IOException {
    Lease held = memory.lease(caller.user().map(User::id).orElse(""));
    HeldOutput line = new HeldOutput(held);
    boolean isThere;
    try {
      isThere = lines.read(line);
    } catch (RefusedException | BudgetException refusal) {
      held.close();
      out.refuse(Json.NODES.nullNode(), methods.refusal(refusal, "message", caller.user()));
      return true;
    }
    if (!isThere || line.size() == 0) {
      held.close();
      return isThere;
    }
    // The next message is read when this one is understood, so that only one of a connection is in
    // memory as text.
    CompletableFuture<Void> understood = new CompletableFuture<>();
    requests.execute(() -> answer(line, held, understood));
    understood.join();
    return true;
  }

  private void answer(HeldOutput line, Lease held, CompletableFuture<Void> understood) {
    try (held) {
      try {
        gate.serve(caller, new LineCarrier(line), exchange -> answer(exchange, line, understood));
      } catch (IOException gone) {
        channel.close();
      } catch (Exception failure) {
        out.refuse(idOf(line), methods.refusal(failure, "message", caller.user()));
      }
    } catch (IOException gone) {
      // The login has ended. The reader notices by itself.
      session.end();
    } finally {
      understood.complete(null);
    }
  }

  private void answer(Exchange exchange, HeldOutput line, CompletableFuture<Void> understood)
      throws IOException {
    Message message;
    try {
      message = McpMethods.read(exchange);
    } catch (RpcException malformed) {
      out.refuse(Json.NODES.nullNode(), malformed);
      return;
    }
    line.reset();
    understood.complete(null);
    switch (message) {
      case Message.Request request -> answer(exchange, request);
      case Message.Notification told -> session.hear(told);
      case Message.Response unused -> {}
    }
  }

  private void answer(Exchange exchange, Message.Request request) throws IOException {
    try {
      switch (request.method()) {
        case McpSchema.METHOD_INITIALIZE -> out.result(request.id(), methods.initialize(request));
        case McpSchema.METHOD_TOOLS_CALL -> methods.calls().answer(exchange, session, request, out);
        default -> out.result(request.id(), methods.result(exchange, request));
      }
    } catch (RpcException refusal) {
      out.refuse(request.id(), refusal);
    }
  }

  /**
   * The id of a request that is refused before it is understood; null if it cannot be found. The
   * rest of the message is not kept.
   */
  private static JsonNode idOf(HeldOutput line) {
    try (InputStream in = line.stream();
        JsonParser json = RpcAnswers.MAPPER.getFactory().createParser(in)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean isId = json.currentName().equals("id");
          JsonToken value = json.nextToken();
          if (isId && value.isScalarValue()) {
            JsonNode id = json.readValueAsTree();
            return id.asText().length() <= Message.LONGEST_NAME ? id : Json.NODES.nullNode();
          }
          json.skipChildren();
        }
      }
    } catch (IOException noJson) {
      // There is no id then.
    }
    return Json.NODES.nullNode();
  }

  /** Whether the other end has taken nothing of an answer for this long. */
  boolean isStalled(Duration limit) {
    return out.isStalled(limit);
  }

  /** Breaks the connection. */
  void end() throws IOException {
    session.end();
    channel.close();
  }
}
