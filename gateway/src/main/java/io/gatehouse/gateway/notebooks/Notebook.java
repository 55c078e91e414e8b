package io.gatehouse.gateway.notebooks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.gateway.notebooks.NotebookException.Reason;
import io.gatehouse.gateway.session.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An open notebook with its kernel. */
public final class Notebook {

  /** A kernel may take 60 seconds to start; the program says so itself when it takes longer. */
  static final Duration START_LIMIT = Duration.ofSeconds(75);

  /**
   * What a cell may take beyond its limit: the interrupt, a start of the kernel if that does not
   * help, and the file.
   */
  private static final Duration CELL_GRACE = START_LIMIT.plusSeconds(20);

  private static final JsonMapper JSON = new JsonMapper();

  private final String id;
  private final String userId;
  private final String path;
  private final String kernel;
  private final Dialogue dialogue;
  private final InstantSource clock;
  private final Duration cellLimit;

  // Guarded by this.
  private int requests;
  private Instant lastUse;

  /**
   * @param dialogue with the program that has started the kernel already
   */
  Notebook(
      String id,
      NotebookFile file,
      String kernel,
      Dialogue dialogue,
      InstantSource clock,
      Duration cellLimit) {
    this.id = id;
    this.userId = file.userId();
    this.path = file.path();
    this.kernel = kernel;
    this.dialogue = dialogue;
    this.clock = clock;
    this.cellLimit = cellLimit;
    this.lastUse = clock.instant();
  }

  /** Whose notebook it is, and the absolute path of its file. */
  record NotebookFile(String userId, String path) {}

  public String id() {
    return id;
  }

  String userId() {
    return userId;
  }

  public String path() {
    return path;
  }

  public String kernel() {
    return kernel;
  }

  public synchronized boolean isBusy() {
    return requests > 0;
  }

  /**
   * Runs a cell and waits for its end. A client that goes away meanwhile ends nothing.
   *
   * @param source what replaces the cell's text
   * @param held counts the answer
   * @throws NotebookException BUSY if a cell runs, OUT_OF_RANGE if there is no such cell
   */
  public DriverAnswer execute(int cell, Optional<String> source, Lease held) {
    begin(true);
    try {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("do", "execute");
      request.put("cell", cell);
      source.ifPresent(text -> request.put("source", text));
      request.put("limit", cellLimit.toSeconds());
      return required(dialogue.ask(request, cellLimit.plus(CELL_GRACE), held));
    } catch (NotebookException failure) {
      if (failure.reason() != Reason.BROKEN) {
        throw failure;
      }
      return dead(String.valueOf(failure.getMessage()));
    } finally {
      end();
    }
  }

  /** A kernel that has died is no failure of the request: Open WebUI shows it below the cell. */
  private static DriverAnswer dead(String detail) {
    String sentence = detail + ". Open the notebook again to start a new kernel.";
    try {
      return DriverAnswer.dead(
          JSON.writeValueAsBytes(
              List.of(
                  Map.of(
                      "output_type",
                      "error",
                      "ename",
                      "DeadKernelError",
                      "evalue",
                      "Kernel died",
                      "traceback",
                      List.of(sentence)))));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Interrupts the cell that runs, if there is one, and does not wait for its end. */
  public void interrupt() {
    if (isBusy()) {
      dialogue.tell(Map.of("do", "interrupt"));
    }
  }

  /**
   * Starts the kernel anew. A cell that runs ends with an error.
   *
   * @throws NotebookException NOT_STARTED if the kernel does not start
   */
  public void restart(Lease held) {
    begin(false);
    try {
      // A cell that runs ends first, and its outputs are written to the file.
      var unused =
          required(
              dialogue.ask(
                  Map.of("do", "restart"), START_LIMIT.plus(Duration.ofSeconds(20)), held));
    } finally {
      end();
    }
  }

  private synchronized void begin(boolean alone) {
    if (alone && requests > 0) {
      throw new NotebookException(Reason.BUSY, "Cell already executing");
    }
    requests++;
    lastUse = clock.instant();
  }

  private synchronized void end() {
    requests--;
    lastUse = clock.instant();
  }

  static DriverAnswer required(DriverAnswer answer) {
    answer
        .refused()
        .ifPresent(
            kind -> {
              throw new NotebookException(reason(kind), answer.detail());
            });
    return answer;
  }

  private static Reason reason(String kind) {
    return switch (kind) {
      case "not_found" -> Reason.FILE_NOT_FOUND;
      case "invalid" -> Reason.INVALID;
      case "range" -> Reason.OUT_OF_RANGE;
      case "missing" -> Reason.NOT_INSTALLED;
      default -> Reason.NOT_STARTED;
    };
  }

  synchronized boolean isIdleSince(Instant time) {
    return requests == 0 && !lastUse.isAfter(time);
  }

  synchronized Instant lastUse() {
    return lastUse;
  }

  /** Ends the program, which ends the kernel. */
  void close() {
    dialogue.close();
  }
}
