package io.gatehouse.gateway.terminal;

import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.screen.Screen;
import io.gatehouse.gateway.session.ChatScope;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.WindowSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shell known by an id, and whoever looks at it.
 *
 * <p>The id is a capability: it is offered to its owner, can be attached to once, and after a
 * dropped socket the owner is offered another one.
 */
public final class Terminal {

  private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);

  /** The most that one frame carries. What a key brings about is shown at once. */
  private static final int READ_SIZE = 64 * 1024;

  /** So much at once is a flood: the kernel hands out a terminal's output 4 KiB at a time. */
  private static final int FLOOD = 2 * 1024;

  /**
   * How long more of a flood is waited for, so that larger frames carry it: measured as a seventh
   * more speed. Much more would let the terminal run dry.
   */
  private static final Duration GATHERING = Duration.ofNanos(300_000);

  /** How long typing waits before it looks whether its viewer is still there. */
  private static final Duration TYPING_STEP = Duration.ofSeconds(5);

  /** How long one who types by the API waits for the program and for others who type. */
  private static final Duration TYPING_LIMIT = Duration.ofSeconds(10);

  /** How long the output may take to be made readable: a hundred times of what programs need. */
  private static final Duration EMULATION_LIMIT = Duration.ofSeconds(2);

  /** Bytes, of which a whole screen can be drawn. */
  private static final int SHORT_END = 8 * 1024;

  /** Long enough that a program sees both sizes and not only the last. */
  private static final Duration NUDGE = Duration.ofMillis(50);

  /**
   * A shell to which nobody has typed in this time has ended by its start files. Slow ones may take
   * seconds; with a longer time, bash's TMOUT would be taken for them.
   */
  private static final Duration START = Duration.ofSeconds(30);

  /** Statuses above are those of signals: somebody has ended the shell. */
  private static final int LAST_OWN_STATUS = 128;

  private final ChatScope owner;
  private final Instant createdAt;
  private final Optional<Shell> shell;
  private final Replay replay = new Replay();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Held while output is shown, so that nothing comes between a replay and what follows it. */
  private final ReentrantLock showing = new ReentrantLock();

  private final ReentrantLock typing = new ReentrantLock();

  /** To whom output goes. Changed while showing is held. */
  private volatile @Nullable Viewer live;

  /** What people read at the end. */
  private volatile @Nullable String lastWords;

  private volatile boolean typed;

  // The rest is guarded by this.
  private String id;
  private Caller caller;
  private Instant checkedAt;
  private Optional<Instant> offeredUntil = Optional.empty();
  private @Nullable Viewer viewer;
  private Optional<Instant> detachedAt = Optional.empty();
  private WindowSize size = WindowSize.DEFAULT;
  private boolean redrawn = true;

  Terminal(String id, ChatScope owner, Caller caller, Instant now, Optional<Shell> shell) {
    this.id = id;
    this.owner = owner;
    this.caller = caller;
    this.createdAt = now;
    this.checkedAt = now;
    this.shell = shell;
  }

  /** What the owner calls it now. */
  public synchronized String id() {
    return id;
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

  /** Whether it was opened by a user's own token, and not by the key of the server. */
  public synchronized boolean openedByToken() {
    return caller.token().isPresent();
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
      for (int count = read(output, buffer); count >= 0; count = read(output, buffer)) {
        byte[] shown = modeRequests.remove(buffer, count);
        print(shown, shown.length);
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
    } else if (!typed
        && exit.code() <= LAST_OWN_STATUS
        && System.nanoTime() - begin < START.toNanos()) {
      say(
          "The shell ended before anybody typed (exit status "
              + exit.code()
              + "): ~/.bash_profile, ~/.profile, ~/.bashrc or a file that they read ends it. Mend"
              + " that file, and open a terminal again. Commands run without ~/.bashrc meanwhile.");
    }
  }

  private static int read(InputStream output, byte[] buffer) throws IOException {
    int count = output.read(buffer);
    if (count >= FLOOD) {
      LockSupport.parkNanos(GATHERING.toNanos());
      while (count < buffer.length && output.available() > 0) {
        count += Math.max(output.read(buffer, count, buffer.length - count), 0);
      }
    }
    return count;
  }

  private void print(byte[] output, int count) {
    showing.lock();
    try {
      replay.append(output, 0, count);
      Viewer seeing = live;
      if (seeing != null) {
        show(seeing, output, count);
      }
    } finally {
      showing.unlock();
    }
  }

  /** Prints a line to the people before the screen. */
  void say(String line) {
    byte[] text = ("\r\n[" + line + "]\r\n").getBytes(StandardCharsets.UTF_8);
    print(text, text.length);
  }

  private void show(Viewer to, byte[] output, int count) {
    try {
      to.show(output, 0, count);
    } catch (IOException gone) {
      LOG.debug("nobody looks at a terminal any more: {}", gone.toString());
      live = null;
    }
  }

  /** There is nothing more to see. */
  void finish() {
    showing.lock();
    try {
      ended.complete(null);
      Viewer last = live;
      if (last != null) {
        last.end();
      }
    } finally {
      showing.unlock();
    }
  }

  CompletableFuture<Void> ended() {
    return ended;
  }

  // --- Who looks at it

  /** Makes the id good for one attachment. */
  synchronized void offer(String newId, Caller newCaller, Instant now) {
    id = newId;
    caller = newCaller;
    checkedAt = now;
    offeredUntil = Optional.of(now.plus(TerminalSettings.OFFER));
  }

  /** Whether it can be offered again: its socket dropped, and nobody was offered it since. */
  synchronized boolean isDetached(Instant now) {
    return viewer == null && detachedAt.isPresent() && !isOffered(now) && !ended.isDone();
  }

  synchronized boolean isAttached() {
    return viewer != null && !ended.isDone();
  }

  /** When its socket dropped last; empty if nobody ever looked at it. */
  synchronized Optional<Instant> detachedAt() {
    return detachedAt;
  }

  private boolean isOffered(Instant now) {
    return offeredUntil.filter(now::isBefore).isPresent();
  }

  /** Lets the newcomer look, from the replay on; false if the id is not good for that any more. */
  boolean attach(String offeredId, Viewer newcomer, Instant now) {
    synchronized (this) {
      if (viewer != null || !id.equals(offeredId) || !isOffered(now)) {
        return false;
      }
      offeredUntil = Optional.empty();
      viewer = newcomer;
      redrawn = detachedAt.isEmpty();
    }
    showing.lock();
    try {
      byte[] before = replay.snapshot();
      live = newcomer;
      if (before.length > 0) {
        show(newcomer, before, before.length);
      }
      if (ended.isDone()) {
        newcomer.end();
      }
    } finally {
      showing.unlock();
    }
    return true;
  }

  /** The viewer looks no more; the shell lives on for a while. */
  void detach(Viewer leaver, Instant now) {
    synchronized (this) {
      if (!leaver.equals(viewer)) {
        return;
      }
      viewer = null;
      detachedAt = Optional.of(now);
    }
    // Whoever shows it something at this moment finds out by itself.
    if (showing.tryLock()) {
      try {
        live = leaver.equals(live) ? null : live;
      } finally {
        showing.unlock();
      }
    }
  }

  /** Whether nobody has come for it in time. */
  synchronized boolean isForsaken(Instant now, Duration detachTimeToLive) {
    if (viewer != null || isOffered(now)) {
      return false;
    }
    return detachedAt.map(since -> !now.isBefore(since.plus(detachTimeToLive))).orElse(true);
  }

  /** The caller whose token is to be checked again now; the next time comes that much later. */
  synchronized Optional<Caller> dueForCheck(Instant now, Duration interval) {
    if (caller.token().isEmpty() || ended.isDone() || now.isBefore(checkedAt.plus(interval))) {
      return Optional.empty();
    }
    checkedAt = now;
    return Optional.of(caller);
  }

  // --- What they do

  /** Types for a viewer, whole and in order, for as long as it takes and the viewer is there. */
  public void type(Viewer from, ByteBuffer input) {
    typing.lock();
    try {
      while (input.hasRemaining() && isViewer(from)) {
        typed = true;
        requireShell().type(input, TYPING_STEP);
      }
    } catch (SessionException failure) {
      LOG.debug("typed into a terminal that has ended: {}", failure.getMessage());
    } finally {
      typing.unlock();
    }
  }

  private synchronized boolean isViewer(Viewer from) {
    return from.equals(viewer) && !ended.isDone();
  }

  /**
   * Types a text.
   *
   * @throws SessionException ENDED if there is no shell any more, TIMED_OUT if the program takes no
   *     input
   */
  public void type(String text) {
    ByteBuffer input = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    boolean locked = false;
    try {
      locked = typing.tryLock(TYPING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (locked) {
        typed = true;
        requireShell().type(input, TYPING_LIMIT);
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    } finally {
      if (locked) {
        typing.unlock();
      }
    }
    if (input.hasRemaining()) {
      throw new SessionException(Reason.TIMED_OUT, "the program in the terminal takes no input");
    }
  }

  private Shell requireShell() {
    return shell.orElseThrow(() -> new SessionException(Reason.ENDED, "there is no shell"));
  }

  /** Gives the terminal another size, and whoever draws on the whole screen a reason to do it. */
  public void resize(WindowSize wanted) {
    WindowSize before;
    boolean nudge;
    synchronized (this) {
      before = size;
      size = wanted;
      nudge = !redrawn && wanted.equals(before);
      redrawn = true;
    }
    replay.resize(wanted);
    if (nudge) {
      // The kernel tells programs of changes only.
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

  /** The end of what it has shown, control sequences and all. */
  public String recentOutput(int bytes) {
    return new String(replay.last(bytes), StandardCharsets.UTF_8);
  }

  /**
   * The text that a person can read on it, scrolled back as far as is kept.
   *
   * @param bytes the most; older lines are left out
   */
  public String readableOutput(int bytes) {
    List<Replay.Part> parts = replay.parts();
    Screen screen = new Screen(parts.getFirst().size());
    long deadline = System.nanoTime() + EMULATION_LIMIT.toNanos();
    for (Replay.Part part : parts) {
      screen.resize(part.size());
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (!screen.write(part.output(), left)) {
        return readableEnd(parts.getLast().size(), bytes);
      }
    }
    return screen.text(bytes);
  }

  /** For output that moves whole screens about, so that all of it would take too long. */
  private String readableEnd(WindowSize lastSize, int bytes) {
    Screen screen = new Screen(lastSize);
    if (!screen.write(ByteBuffer.wrap(replay.last(SHORT_END)), EMULATION_LIMIT)) {
      LOG.warn("the output of a terminal is shown in part: it takes too long");
    }
    return screen.text(bytes);
  }

  /** Ends the shell and all that runs in its session, and returns when it is gone. */
  void end() {
    shell.ifPresent(Shell::end);
  }

  /** The same, and tells whoever looks at it why, once all was shown that came before. */
  void end(String why) {
    lastWords = why;
    end();
  }

  /** Leaves a viewer that does not read, and would hold up the end for ever. */
  void dropViewer() {
    Viewer deaf = live;
    if (deaf != null) {
      deaf.drop();
    }
  }
}
