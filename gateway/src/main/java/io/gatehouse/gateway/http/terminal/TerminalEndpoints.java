package io.gatehouse.gateway.http.terminal;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.terminal.Terminal;
import io.gatehouse.gateway.terminal.Terminals;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;

/** The operations on terminals. Typed keys and output go over a {@link TerminalSocket}. */
public final class TerminalEndpoints {

  /** The most bytes of output that a model gets, as in Open Terminal. */
  private static final int RECENT_OUTPUT = 64 * 1024;

  private final Terminals terminals;

  public TerminalEndpoints(Terminals terminals) {
    this.terminals = terminals;
  }

  public void open(Exchange exchange) throws IOException {
    OpenTerminalQuery request = exchange.query(OpenTerminalQuery.class);
    ChatScope scope = exchange.scope();
    Terminal terminal =
        request
            .attach()
            .map(id -> terminals.reopen(exchange.caller(), scope, id))
            .or(() -> terminals.reopen(exchange.caller(), scope))
            .orElseGet(() -> openNew(exchange));
    answer(exchange, terminal);
  }

  private Terminal openNew(Exchange exchange) {
    Workspace workspace = exchange.openWorkspace();
    return terminals.open(
        exchange.caller(), workspace.scope(), workspace.account(), workspace.directory());
  }

  public void list(Exchange exchange) throws IOException {
    ChatScope scope = exchange.scope();
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartArray();
          for (Terminal terminal : terminals.list(scope)) {
            describe(json, terminal);
          }
          json.writeEndArray();
        });
  }

  public void show(Exchange exchange) throws IOException {
    answer(exchange, terminals.require(exchange.scope(), exchange.pathParameter("id")));
  }

  public void end(Exchange exchange) throws IOException {
    terminals.end(exchange.scope(), exchange.pathParameter("id"));
    exchange.json(Map.of("status", "deleted"));
  }

  public void output(Exchange exchange) throws IOException {
    boolean raw = exchange.query(ReadTerminalQuery.class).raw();
    Terminal terminal = inUse(exchange);
    exchange.json(
        Map.of(
            "output",
            raw ? terminal.recentOutput(RECENT_OUTPUT) : terminal.readableOutput(RECENT_OUTPUT)));
  }

  public void input(Exchange exchange) throws IOException {
    String input = exchange.request(NoParameters.class, TerminalInputBody.class).body().input();
    try {
      inUse(exchange).type(input);
    } catch (SessionException failure) {
      if (failure.reason() == SessionException.Reason.ENDED) {
        throw new RefusedException(409, "User shell has disconnected");
      }
      throw failure;
    }
    exchange.json(Map.of("status", "ok"));
  }

  private Terminal inUse(Exchange exchange) {
    return terminals
        .inUse(exchange.scope())
        .orElseThrow(() -> new RefusedException(404, "No connected user shell"));
  }

  private static void answer(Exchange exchange, Terminal terminal) throws IOException {
    exchange.jsonStream((json, out) -> describe(json, terminal));
  }

  private static void describe(JsonGenerator json, Terminal terminal) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", terminal.id());
    json.writeStringField("created_at", terminal.createdAt().toString());
    OptionalLong processId = terminal.processId();
    if (processId.isPresent()) {
      json.writeNumberField("pid", processId.getAsLong());
    } else {
      json.writeNullField("pid");
    }
    json.writeEndObject();
  }
}
