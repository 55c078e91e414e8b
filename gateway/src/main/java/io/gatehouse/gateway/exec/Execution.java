package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.screen.Transcript;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command known to HTTP clients by an id, with the output it has written so far. */
public final class Execution {

  /** Open Terminal's words for what a command is doing. */
  public enum Status {
    RUNNING,
    DONE,
    KILLED;

    /** The word as it stands in answers. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a command ended, and when. */
  private record End(Status status, int exitCode, Instant at) {}

  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

  /** The most bytes that OpenSSH sends in one packet. */
  private static final int READ_SIZE = 32 * 1024;

  /**
   * The time that a command has between TERM and KILL. Programs need a moment to save their data.
   * Interactive shells, and programs that wait for one, ignore TERM and would never end.
   */
  private static final Duration TERM_GRACE = Duration.ofSeconds(5);

  /** How long a kill waits for the command's end, so that its answer has the exit status. */
  private static final Duration KILL_WAIT = Duration.ofSeconds(5);

  private final String id;
  private final ChatScope scope;
  private final String text;
  private final String directory;
  private final ExecutionLog log;
  private final Clock clock;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final InputWatch input;
  private final CommandWait waits;

  /** Replaced once, by an {@link EndedCommand}, when the command has ended. */
  private volatile Command command;

  private final CommandTyping typing = new CommandTyping();
  private volatile boolean killed;

  Execution(
      String id,
      ChatScope scope,
      CommandLine commandLine,
      Command command,
      ExecutionLog log,
      Clock clock,
      Quota looks) {
    this.id = id;
    this.scope = scope;
    this.text = commandLine.text();
    this.directory = commandLine.directory();
    this.command = command;
    this.log = log;
    this.clock = clock;
    this.input = new InputWatch(command, scope.userId(), looks);
    this.waits = new CommandWait(end, input);
  }

  /**
   * Copies the output to the log until the command ends; runs on a thread of its own.
   *
   * @param atEnd runs before any waiting caller learns that the command has ended
   */
  void pump(Runnable atEnd) {
    try (Command running = command) {
      copyOutput();
      ExitStatus exit = running.exit().join();
      exit.failure().ifPresent(this::tell);
      finish(exit.code(), atEnd);
    } catch (RuntimeException failure) {
      LOG.error("execution {} ended by a fault of the gateway", id, failure);
      finish(ExitStatus.ofLostLogin().code(), atEnd);
    }
    command = new EndedCommand(command.started(), command.exit());
    input.end(command);
  }

  private void tell(String failure) {
    byte[] notice =
        ("\r\n[the command has no status: " + failure + "]\r\n").getBytes(StandardCharsets.UTF_8);
    log.append(notice, 0, notice.length);
  }

  private void copyOutput() {
    byte[] buffer = new byte[READ_SIZE];
    InputStream output = command.output();
    try {
      for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
        log.append(buffer, 0, count);
        input.activity();
      }
    } catch (IOException failure) {
      LOG.debug("output of execution {} ended: {}", id, failure.toString());
    }
  }

  private void finish(int exitCode, Runnable atEnd) {
    End ended = new End(killed ? Status.KILLED : Status.DONE, exitCode, clock.instant());
    try {
      log.finish(OptionalInt.of(ended.exitCode()), ended.status().word());
    } finally {
      if (!end.isDone()) {
        atEnd.run();
        end.complete(ended);
      }
    }
  }

  public String id() {
    return id;
  }

  public ChatScope scope() {
    return scope;
  }

  /** The text that was given to the shell. */
  public String text() {
    return text;
  }

  /** The directory the command started in. */
  public String directory() {
    return directory;
  }

  /** Whether the command has ended without running, because its directory cannot be entered. */
  boolean hasNoDirectory() {
    return end.isDone()
        && command.started().isCompletedExceptionally()
        && command.started().exceptionNow() instanceof SessionException failure
        && failure.reason() == SessionException.Reason.NO_DIRECTORY;
  }

  public Status status() {
    return ended().map(End::status).orElse(Status.RUNNING);
  }

  /** The exit code, 128 + n for signal n; empty while the command runs. */
  public OptionalInt exitCode() {
    return ended().map(ended -> OptionalInt.of(ended.exitCode())).orElse(OptionalInt.empty());
  }

  Optional<Instant> endedAt() {
    return ended().map(End::at);
  }

  private Optional<End> ended() {
    return end.isDone() ? Optional.of(end.join()) : Optional.empty();
  }

  /**
   * The output from an entry on.
   *
   * @param offset the number of the first entry; the first entry of all is 0, even if it was
   *     dropped since
   * @param tail if given, only so many of the last entries are wanted
   */
  public Page output(long offset, OptionalInt tail) {
    return log.page(offset, tail);
  }

  /**
   * The output as a person would have seen it, on a terminal that has shown everything before it.
   */
  PlainPage plainOutput(long offset, OptionalInt tail, PlainPages pages) {
    // Read before the page: if the command has ended now, the page has all of its output.
    boolean isLast = end.isDone();
    Page page = log.page(offset, tail);
    Optional<Transcript> known = pages.take(id, page.first());
    boolean needsMore = known.isEmpty() && page.first() > 0;
    return new PlainPage(
        id,
        scope.userId(),
        needsMore ? log.page(offset, tail, PlainPage.BEFORE) : page,
        known,
        pages,
        isLast);
  }

  /** Waits until the command has ended, at most this long. */
  public void awaitEnd(Duration limit) {
    waits.awaitEnd(limit);
  }

  /** Waits until the command has ended or waits for input, at most this long. */
  public void awaitEndOrInput(Duration limit) {
    waits.awaitEndOrInput(limit);
  }

  /**
   * Looks whether the command waits for input, if the pause since the last look is over.
   *
   * @param isPatient whether the caller waits a moment for the answer
   */
  public void lookForInput(boolean isPatient) {
    waits.lookForInput(isPatient);
  }

  /** Whether the command waited for input at the last look, and nothing has happened since. */
  public boolean isWaitingForInput() {
    return waits.isWaitingForInput();
  }

  /**
   * Types into the command's terminal, whole and in order; escapes such as {@code \\x03} are typed
   * as the characters they stand for.
   *
   * @throws ExecutionRefusedException if the command has ended
   * @throws SessionException if the command does not read its input within the limit
   */
  public void type(String text) {
    if (end.isDone()) {
      throw CommandTyping.ended("Process has already exited");
    }
    typing.type(command, text, input);
  }

  /**
   * Ends the command's process group and waits a little for its end.
   *
   * @param force whether the command is killed at once, without TERM first
   */
  public void kill(boolean force) {
    if (!force && !end.isDone()) {
      killed = true;
      command.signal(Signal.TERM);
      awaitEnd(TERM_GRACE);
    }
    if (!end.isDone()) {
      killed = true;
      command.signal(Signal.KILL);
      awaitEnd(KILL_WAIT);
    }
  }

  /** Signals the command because the gateway stops; nothing happens if it has ended meanwhile. */
  void signalStop(boolean force) {
    if (!end.isDone()) {
      killed = true;
      try {
        command.signal(force ? Signal.KILL : Signal.TERM);
      } catch (SessionException failure) {
        LOG.debug("execution {} cannot be signalled: {}", id, failure.getMessage());
      }
    }
  }
}
