package io.gatehouse.gateway.http.execute;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.exec.Execution;
import io.gatehouse.gateway.exec.ExecutionSettings;
import io.gatehouse.gateway.exec.Executions;
import io.gatehouse.gateway.exec.Page;
import io.gatehouse.gateway.exec.PlainPage;
import io.gatehouse.gateway.http.binding.RequestBinder;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.session.CommandLine;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The five operations on commands. */
public final class ExecuteEndpoints {

  /** How long a request waits to hear whether its directory can be entered. */
  private static final Duration START_WAIT = Duration.ofSeconds(10);

  private final Executions executions;
  private final ExecutionSettings settings;

  public ExecuteEndpoints(Executions executions, ExecutionSettings settings) {
    this.executions = executions;
    this.settings = settings;
  }

  public void run(Exchange exchange) throws IOException {
    RequestBinder.Bound<RunCommandQuery, RunCommandBody> request =
        exchange.request(RunCommandQuery.class, RunCommandBody.class);
    Workspace workspace = exchange.openWorkspace();
    String directory = workspace.directoryOfCommand(request.body().cwd());
    CommandLine commandLine =
        new CommandLine(request.body().command(), directory, request.body().env().orElse(Map.of()));
    // The home normally exists, so the answer to a command in it does not wait until the shell has
    // read its start files and entered the home.
    Duration startWait = workspace.isHome(directory) ? Duration.ZERO : START_WAIT;
    long begin = System.nanoTime();
    Execution execution =
        executions.start(workspace.scope(), workspace.account(), commandLine, startWait);
    Duration passed = Duration.ofNanos(System.nanoTime() - begin);
    exchange.tell("The command runs as process " + execution.id());
    wait(request.parameters().waitSeconds())
        .map(limit -> limit.minus(passed))
        .ifPresent(limit -> execution.awaitEndOrInput(limit, exchange.givenUp()));
    executions.requireDirectory(execution);
    boolean plain = request.parameters().plain().orElse(settings.plainOutput());
    answer(exchange, execution, Optional.of(directory), 0, request.parameters().tail(), plain);
  }

  public void list(Exchange exchange) throws IOException {
    ChatScope scope = exchange.scope();
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartArray();
          for (Execution execution : executions.list(scope)) {
            json.writeStartObject();
            describe(json, execution, Optional.empty());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  public void status(Exchange exchange) throws IOException {
    StatusQuery request = exchange.query(StatusQuery.class);
    Execution execution = require(exchange, request.processId());
    exchange.tell("Waits for process " + execution.id());
    wait(request.waitSeconds())
        .ifPresent(limit -> execution.awaitEndOrInput(limit, exchange.givenUp()));
    execution.lookForInput(!isScreen(request));
    answer(
        exchange,
        execution,
        Optional.empty(),
        request.offset(),
        request.tail(),
        request.plain().orElse(settings.plainOutput() && !isScreen(request)));
  }

  /**
   * Whether the request comes from Open WebUI's dock, which draws the bytes as they are and asks
   * every second with a wait of 0.
   */
  private static boolean isScreen(StatusQuery request) {
    return request.waitSeconds().isPresent() && request.waitSeconds().getAsDouble() == 0;
  }

  public void input(Exchange exchange) throws IOException {
    RequestBinder.Bound<InputQuery, InputBody> request =
        exchange.request(InputQuery.class, InputBody.class);
    Execution execution = require(exchange, request.parameters().processId());
    execution.type(request.body().input());
    exchange.json(Map.of("status", "ok"));
  }

  public void kill(Exchange exchange) throws IOException {
    KillQuery request = exchange.query(KillQuery.class);
    Execution execution = require(exchange, request.processId());
    execution.kill(request.force());
    OptionalInt exitCode = execution.exitCode();
    Map<String, Object> answer = new LinkedHashMap<>();
    // A command that outlives the signal is still running.
    answer.put("status", exitCode.isPresent() ? "killed" : execution.status().word());
    answer.put("exit_code", exitCode.isPresent() ? exitCode.getAsInt() : null);
    exchange.json(answer);
  }

  private Execution require(Exchange exchange, String id) {
    ChatScope scope = exchange.scope();
    return executions.find(scope, id).orElseThrow(() -> notFound(scope, id));
  }

  /**
   * Answers the id of another user's command like one that never existed. Only the log tells the
   * two apart.
   */
  private RefusedException notFound(ChatScope scope, String id) {
    String detail = "Process not found";
    return executions.isOfAnotherUser(scope, id)
        ? RefusedException.ofConcern(404, detail, "asks for another user's command")
        : new RefusedException(404, detail);
  }

  private Optional<Duration> wait(OptionalDouble seconds) {
    return seconds.isPresent()
        ? Optional.of(Duration.ofNanos((long) (seconds.getAsDouble() * 1e9)))
        : settings.defaultWait();
  }

  private void answer(
      Exchange exchange,
      Execution execution,
      Optional<String> directory,
      long offset,
      OptionalInt tail,
      boolean plain)
      throws IOException {
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          describe(json, execution, directory);
          if (plain) {
            PlainPage page = executions.plainOutput(execution, offset, tail);
            exchange.held().take(page.weight());
            writePlain(json, page);
          } else {
            Page page = execution.output(offset, tail);
            exchange.held().take(page.weight());
            writeRaw(json, out, page);
          }
          json.writeEndObject();
        });
  }

  private static void writeRaw(JsonGenerator json, OutputStream out, Page page) throws IOException {
    json.writeFieldName("output");
    json.writeRawValue("[");
    json.flush();
    page.writeEntries(out);
    json.writeRaw("]");
    json.writeNumberField("next_offset", page.nextOffset());
    // This field comes last, because entries may be dropped from the log while the page is written.
    json.writeBooleanField("truncated", page.truncated());
  }

  private static void writePlain(JsonGenerator json, PlainPage page) throws IOException {
    json.writeArrayFieldStart("output");
    page.write(
        text -> {
          json.writeStartObject();
          json.writeStringField("type", "output");
          json.writeStringField("data", text);
          json.writeEndObject();
        });
    json.writeEndArray();
    json.writeNumberField("next_offset", page.nextOffset());
    json.writeBooleanField("truncated", page.truncated());
  }

  private static void describe(JsonGenerator json, Execution execution, Optional<String> directory)
      throws IOException {
    json.writeStringField("id", execution.id());
    json.writeStringField("command", execution.text());
    if (directory.isPresent()) {
      json.writeStringField("cwd", directory.get());
    }
    // The exit code is read before the status, so that a command that is shown as ended has a code.
    OptionalInt exitCode = execution.exitCode();
    json.writeStringField(
        "status", (exitCode.isPresent() ? execution.status() : Execution.Status.RUNNING).word());
    if (exitCode.isPresent()) {
      json.writeNumberField("exit_code", exitCode.getAsInt());
    } else {
      json.writeNullField("exit_code");
      if (execution.isWaitingForInput()) {
        json.writeBooleanField("waiting_for_input", true);
      }
    }
    // The log file is the gateway's own and no account can read it, so its path would be useless.
    json.writeNullField("log_path");
  }
}
