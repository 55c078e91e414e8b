package io.gatehouse.gateway.http.notebooks;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.http.binding.NoParameters;
import io.gatehouse.gateway.http.binding.RequestBinder;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.notebooks.DriverAnswer;
import io.gatehouse.gateway.notebooks.Notebook;
import io.gatehouse.gateway.notebooks.Notebooks;
import java.io.IOException;
import java.util.Map;

/** The operations on notebooks. */
public final class NotebookEndpoints {

  private final Notebooks notebooks;

  public NotebookEndpoints(Notebooks notebooks) {
    this.notebooks = notebooks;
  }

  /** Whether the server has what notebooks need. */
  public boolean installed() {
    return notebooks.installed();
  }

  public void open(Exchange exchange) throws IOException {
    String path = exchange.request(NoParameters.class, OpenNotebookBody.class).body().path();
    String userId = exchange.scope().userId();
    Account account = exchange.openAccount();
    // A relative path begins at the home, whatever the chat's working directory is, because Open
    // WebUI names no chat here.
    String absolute = WorkingDirectories.resolve(account, account.home().toString(), path);
    Notebook notebook = notebooks.open(userId, account, absolute, exchange.held());
    exchange.json(Map.of("id", notebook.id(), "kernel", notebook.kernel(), "status", "ready"));
  }

  public void execute(Exchange exchange) throws IOException {
    RequestBinder.Bound<NotebookQuery, CellBody> request =
        exchange.request(NotebookQuery.class, CellBody.class);
    Notebook notebook = require(exchange, request.parameters());
    DriverAnswer answer =
        notebook.execute(request.body().cellIndex(), request.body().source(), exchange.held());
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          json.writeStringField("status", answer.status());
          json.writeFieldName("execution_count");
          if (answer.executionCount().isPresent()) {
            json.writeNumber(answer.executionCount().getAsInt());
          } else {
            json.writeNull();
          }
          json.writeFieldName("outputs");
          // This writes the colon, and says that a value follows.
          json.writeRawValue("");
          json.flush();
          answer.writeOutputs(out);
          json.writeEndObject();
        });
  }

  public void show(Exchange exchange) throws IOException {
    Notebook notebook = require(exchange, exchange.query(NotebookQuery.class));
    exchange.json(
        Map.of(
            "id",
            notebook.id(),
            "path",
            notebook.path(),
            "kernel",
            notebook.kernel(),
            "status",
            notebook.isBusy() ? "busy" : "ready"));
  }

  public void interrupt(Exchange exchange) throws IOException {
    Notebook notebook = require(exchange, exchange.query(NotebookQuery.class));
    notebook.interrupt();
    exchange.json(Map.of("status", "interrupted"));
  }

  public void restart(Exchange exchange) throws IOException {
    Notebook notebook = require(exchange, exchange.query(NotebookQuery.class));
    notebook.restart(exchange.held());
    exchange.json(Map.of("status", "ready"));
  }

  public void end(Exchange exchange) throws IOException {
    notebooks.end(require(exchange, exchange.query(NotebookQuery.class)));
    exchange.json(Map.of("status", "stopped"));
  }

  private Notebook require(Exchange exchange, NotebookQuery query) {
    return notebooks.require(exchange.scope().userId(), query.id());
  }
}
