package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.terminal.Floods.Flood;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A login shell with an id. It outlives the browser windows that show it.
 *
 * <p>The id is a capability: the owner gets it and can attach one viewer with it. When that
 * viewer's socket has dropped, the owner can get another id.
 */
public final class Terminal {

  private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);

  /** The most bytes of a WebSocket frame. The few bytes that answer a key are sent at once. */
  private static final int READ_SIZE = 64 * 1024;

  /** The time between two changes of size, so that a program sees both and not only the last. */
  private static final Duration NUDGE = Duration.ofMillis(50);

  /**
   * The time in which the end of a shell is blamed on its start files, if nothing was typed. Slow
   * start files take seconds; with a longer time, an end by bash's TMOUT would be blamed on them.
   */
  private static final Duration START = Duration.ofSeconds(30);

  /** The highest exit status without a signal. A signal means that somebody ended the shell. */
  private static final int LAST_OWN_STATUS = 128;

  private final ChatScope owner;
  private final Instant createdAt;
  private final Optional<Shell> shell;
  private final ShownOutput shown = new ShownOutput();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** The line that is shown at the end; null for none. */
  private volatile @Nullable String lastWords;

  private final Attachment attachment;
  private final TerminalInput input;
  private final Flood flood;

  // Guarded by the lock of this object.
  private WindowSize size = WindowSize.DEFAULT;
  private boolean redrawn = true;

  Terminal(
      String id,
      ChatScope owner,
      Caller caller,
      Instant now,
      Optional<Shell> shell,
      Floods floods) {
    this.owner = owner;
    this.attachment = new Attachment(id, caller, now);
    this.createdAt = now;
    this.shell = shell;
    this.input = new TerminalInput(shell);
    this.flood = floods.of(owner.userId());
  }

  /** The terminal's current id. */
  public String id() {
    return attachment.id();
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** The shell's process id; empty if there is no shell. */
  public OptionalLong processId() {
    return shell
        .map(Shell::processId)
        .filter(pid -> pid.isDone() && !pid.isCompletedExceptionally())
        .map(pid -> OptionalLong.of(pid.join()))
        .orElse(OptionalLong.empty());
  }

  public ChatScope owner() {
    return owner;
  }

  /** Whether the terminal was opened with a user's token, not with the key of the server. */
  public boolean openedByToken() {
    return attachment.openedByToken();
  }

  /** Shows the output until the shell ends; runs on a thread of its own. */
  void pump() {
    shell.ifPresent(this::copyOutput);
  }

  private void copyOutput(Shell running) {
    long begin = System.nanoTime();
    byte[] buffer = new byte[READ_SIZE];
    InputStream output = running.output();
    ModeRequests modeRequests = new ModeRequests();
    try {
      for (int count = flood.read(output, buffer); count >= 0; count = flood.read(output, buffer)) {
        byte[] printed = modeRequests.remove(buffer, count);
        shown.print(printed, printed.length);
        flood.rest();
      }
    } catch (IOException failure) {
      LOG.debug("output of a terminal ended: {}", failure.toString());
    }
    ExitStatus exit = running.exit().join();
    String why = lastWords;
    if (why != null) {
      say(why);
    } else if (exit.failure().isPresent()) {
      say("This terminal has ended: " + exit.failure().get() + ".");
    } else if (!input.isUsed()
        && exit.code() <= LAST_OWN_STATUS
        && System.nanoTime() - begin < START.toNanos()) {
      say(
          "The shell ended before anybody typed (exit status "
              + exit.code()
              + "): ~/.bash_profile, ~/.profile, ~/.bashrc or a file that they read ends it. Mend"
              + " that file, and open a terminal again. Commands run without ~/.bashrc meanwhile.");
    }
  }

  /** Shows the viewer a line that the gateway writes. */
  void say(String line) {
    byte[] text = ("\r\n[" + line + "]\r\n").getBytes(StandardCharsets.UTF_8);
    shown.print(text, text.length);
  }

  /** Tells all viewers that the output has ended. */
  void finish() {
    shown.finish(() -> ended.complete(null));
  }

  CompletableFuture<Void> ended() {
    return ended;
  }

  // --- Viewers

  /** Offers the terminal under a new id, which is good for one attachment. */
  void offer(String newId, Caller newCaller, Instant now) {
    attachment.offer(newId, newCaller, now);
  }

  /** Whether it can be offered again: its viewer's socket dropped, and no offered id is good. */
  boolean isDetached(Instant now) {
    return attachment.isDetached(now) && !ended.isDone();
  }

  boolean isAttached() {
    return attachment.isAttached() && !ended.isDone();
  }

  /**
   * When the last viewer's socket dropped; empty with a viewer, and if there never was a viewer.
   */
  Optional<Instant> detachedAt() {
    return attachment.leftAt();
  }

  /** Attaches a newcomer and shows it the replay. Returns false if the id is no longer good. */
  boolean attach(String offeredId, Viewer newcomer, Instant now) {
    Attachment.Outcome outcome = attachment.attach(offeredId, newcomer, now);
    if (outcome == Attachment.Outcome.REFUSED) {
      return false;
    }
    synchronized (this) {
      redrawn = outcome == Attachment.Outcome.FIRST;
    }
    shown.begin(newcomer);
    return true;
  }

  /** Detaches the viewer. The shell lives on for a while. */
  void detach(Viewer leaver, Instant now) {
    if (!attachment.detach(leaver, now)) {
      return;
    }
    shown.leave(leaver);
  }

  /** Whether the terminal has been without a viewer for too long. */
  boolean isForsaken(Instant now, Duration detachTimeToLive) {
    return attachment.isForsaken(now, detachTimeToLive);
  }

  /** The caller whose token is due for a check. The next check is due an interval later. */
  Optional<Caller> dueForCheck(Instant now, Duration interval) {
    return ended.isDone() ? Optional.empty() : attachment.dueForCheck(now, interval);
  }

  // --- Input, size and output

  /** Types keys for a viewer, in order, and waits until all are taken or the viewer has gone. */
  public void type(Viewer from, ByteBuffer keys) {
    flood.type();
    input.type(keys, () -> isViewer(from));
  }

  private boolean isViewer(Viewer from) {
    return attachment.isAttachedTo(from) && !ended.isDone();
  }

  /**
   * Types a text.
   *
   * @throws SessionException ENDED if the shell has ended, TIMED_OUT if the program takes no input
   */
  public void type(String text) {
    flood.type();
    input.type(text);
  }

  /** Gives the terminal another size, and makes full-screen programs draw again. */
  public void resize(WindowSize wanted) {
    WindowSize before;
    boolean nudge;
    synchronized (this) {
      before = size;
      size = wanted;
      nudge = !redrawn && wanted.equals(before);
      redrawn = true;
    }
    shown.replay().resize(wanted);
    if (nudge) {
      // The kernel tells programs only of changes, so the size is changed twice.
      int rows = wanted.rows() > 1 ? wanted.rows() - 1 : wanted.rows() + 1;
      shell.ifPresent(running -> running.resize(new WindowSize(wanted.columns(), rows)));
      pause();
    }
    shell.ifPresent(running -> running.resize(wanted));
  }

  private static void pause() {
    try {
      Thread.sleep(NUDGE);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  /** The end of the terminal's output, with its control sequences. */
  public String recentOutput(int bytes) {
    return new String(shown.replay().last(bytes), StandardCharsets.UTF_8);
  }

  /**
   * The text that a person can read on the terminal, from the oldest output that is kept.
   *
   * @param bytes the most bytes of the text; older lines are left out
   */
  public String readableOutput(int bytes) {
    return new ReadableReplay(shown.replay()).text(bytes);
  }

  /** Ends the shell and all processes of its session, and returns when they are gone. */
  void end() {
    shell.ifPresent(Shell::end);
  }

  /** Ends the terminal, and shows the viewer the reason after all earlier output. */
  void end(String why) {
    lastWords = why;
    end();
  }

  /** Breaks the connection of a viewer that does not read and so would delay the end. */
  void dropViewer() {
    shown.drop();
  }
}
