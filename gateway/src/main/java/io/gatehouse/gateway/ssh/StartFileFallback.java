package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that is started again without the user's start files when they keep its text from
 * beginning, and says so in its output.
 *
 * <p>Bash reads {@code ~/.bashrc} before a command. A file that ends the shell, becomes another
 * program, waits for input or does not end would otherwise take every command away from the user,
 * and from the model that could mend the file. A shell that has not reported that its text begins
 * has run nothing of it (see {@code sshd-config/command}), so the second try repeats nothing.
 */
final class StartFileFallback implements Command {

  private static final Logger LOG = LoggerFactory.getLogger(StartFileFallback.class);

  /**
   * How long start files may take. Slow ones that do their work, such as those of nvm and conda,
   * take 1 to 4 seconds on a quiet machine, and three times as long on a busy one.
   */
  static final Duration START_LIMIT = Duration.ofSeconds(15);

  /** Without start files only the machine can be slow: a neighbour who takes all processors. */
  private static final Duration LAST_LIMIT = Duration.ofSeconds(60);

  /** How long a killed shell may take to be gone. */
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  /**
   * Bytes of what the start files print that wait for the text to begin, so that nothing is shown
   * of a try that proves nothing; more than that is shown as it comes.
   */
  private static final int MOST_HELD = 64 * 1024;

  /** What a shell says of a program that is there and does not start. */
  private static final int NOT_STARTED = 126;

  /** Statuses above are those of signals: somebody has ended the shell, and means it. */
  private static final int LAST_OWN_STATUS = 128;

  /** xterm's private mode 1049, in which full-screen programs draw. */
  private static final String OWN_SCREEN = "\u001b[?1049h";

  private static final String LEAVE_OWN_SCREEN = "\u001b[?1049l";

  private final Supplier<SshCommand> withoutStartFiles;
  private final StartFiles startFiles;
  private final String directory;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private final Output output = new Output();

  private volatile boolean endedLate;

  // Guarded by this.
  private SshCommand current;
  private Optional<Signal> lastSignal = Optional.empty();

  /**
   * @param withStartFiles opens the first try
   * @param withoutStartFiles opens the second, on the thread that reads the output
   * @param startFiles what is known of them
   * @param directory where the command runs, as the user wrote it
   */
  static StartFileFallback open(
      Supplier<SshCommand> withStartFiles,
      Supplier<SshCommand> withoutStartFiles,
      StartFiles startFiles,
      String directory) {
    boolean skipped = startFiles.areSkipped();
    SshCommand first = skipped ? withoutStartFiles.get() : withStartFiles.get();
    return new StartFileFallback(first, skipped, withoutStartFiles, startFiles, directory);
  }

  private StartFileFallback(
      SshCommand first,
      boolean skipped,
      Supplier<SshCommand> withoutStartFiles,
      StartFiles startFiles,
      String directory) {
    this.current = first;
    this.withoutStartFiles = withoutStartFiles;
    this.startFiles = startFiles;
    this.directory = directory;
    if (skipped) {
      output.withoutStartFiles(StartFiles.DO_NOT_END);
    }
    endIfLate(first, skipped ? LAST_LIMIT : START_LIMIT);
  }

  private void endIfLate(SshCommand attempt, Duration limit) {
    var unused =
        attempt
            .started()
            .copy()
            .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionallyAsync(
                failure -> {
                  if (failure instanceof TimeoutException && !attempt.started().isDone()) {
                    endLate(attempt);
                  }
                  return null;
                });
  }

  /** An interactive shell, and whoever follows its example, ignores everything but KILL. */
  private void endLate(SshCommand attempt) {
    endedLate = true;
    var unused =
        CompletableFuture.runAsync(
            attempt::close,
            CompletableFuture.delayedExecutor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    try {
      attempt.signal(Signal.KILL);
    } catch (SessionException lost) {
      LOG.debug("a shell that does not begin cannot be killed: {}", lost.getMessage());
    }
  }

  private synchronized SshCommand current() {
    return current;
  }

  @Override
  public CompletableFuture<Void> started() {
    return started;
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public void type(byte[] input) {
    try {
      // What is typed is for the text, and not for what the start files ask.
      started.get(START_LIMIT.plus(LAST_LIMIT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw new SessionException(Reason.ENDED, "the command has not begun", failure);
    } catch (TimeoutException failure) {
      throw new SessionException(Reason.TIMED_OUT, "the command does not begin", failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(Reason.TIMED_OUT, "the wait for a command was cut short");
    }
    current().type(input);
  }

  @Override
  public boolean awaitsInput() {
    return current().awaitsInput();
  }

  @Override
  public void signal(Signal signal) {
    SshCommand target;
    synchronized (this) {
      lastSignal = Optional.of(signal);
      target = current;
    }
    target.signal(signal);
  }

  private synchronized Optional<Signal> lastSignal() {
    return lastSignal;
  }

  /** Puts the second try in the first's place; a signal that came meanwhile is for it. */
  private void replace(SshCommand second) {
    Optional<Signal> missed;
    synchronized (this) {
      current = second;
      missed = lastSignal;
    }
    missed.ifPresent(second::signal);
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void close() {
    SshCommand last = current();
    last.close();
    var unused = last.exit().thenAccept(exit::complete);
  }

  /** The output of the try that counts. All of it is the reading thread's. */
  private final class Output extends InputStream {

    private final byte[] one = new byte[1];
    private final byte[] chunk = new byte[4096];

    /** What the present try has shown before its text began. */
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    /** What is to be read before anything else. */
    private byte[] ready = {};

    private int readyFrom;

    /** What the first try has shown, and why there is a second; empty while there is none. */
    private byte[] before = {};

    private boolean last;
    private boolean begun;
    private boolean over;

    void withoutStartFiles(String reason) {
      before = withNotice(held, reason);
      held.reset();
      last = true;
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      while (readyFrom == ready.length && !over && !begun) {
        readBeforeTheText();
      }
      if (readyFrom < ready.length) {
        int count = Math.min(length, ready.length - readyFrom);
        System.arraycopy(ready, readyFrom, buffer, offset, count);
        readyFrom += count;
        return count;
      }
      if (over) {
        return -1;
      }
      int count = current().output().read(buffer, offset, length);
      if (count >= 0) {
        return count;
      }
      end(current().exit().join());
      return read(buffer, offset, length);
    }

    private void readBeforeTheText() throws IOException {
      SshCommand attempt = current();
      int count = attempt.output().readSome(chunk, 0, chunk.length);
      held.write(chunk, 0, Math.max(count, 0));
      if (attempt.started().isDone() && !attempt.started().isCompletedExceptionally()) {
        begin();
      } else if (count < 0) {
        notBegun(attempt, attempt.exit().join());
      } else if (held.size() > MOST_HELD) {
        makeReady(held.toByteArray());
        held.reset();
      }
    }

    private void begin() {
      begun = true;
      makeReady(before, held.toByteArray());
      held.reset();
      started.complete(null);
    }

    private void notBegun(SshCommand attempt, ExitStatus status) {
      SessionException reason = reasonOf(attempt);
      // A shell that was closed because not even KILL ended it has no status either, and runs
      // nothing more.
      boolean unknown =
          status.failure().isPresent() && !(endedLate && status.code() == NOT_STARTED);
      if (reason.reason() == Reason.NO_DIRECTORY) {
        makeReady(before, withNotice(held, noDirectory(directory)));
        over(reason, status);
      } else if (lastSignal().isPresent() || unknown) {
        makeReady(before, held.toByteArray());
        over(reason, status);
      } else if (last || (status.code() > LAST_OWN_STATUS && !endedLate)) {
        refuse(reason, status);
      } else {
        tryAgain(reason, status);
      }
    }

    private void refuse(SessionException reason, ExitStatus status) {
      // Without start files a shell ends by itself only if the first line of the text is no shell
      // text, and it says so.
      boolean explained = last && !endedLate && held.size() > 0;
      makeReady(explained ? held.toByteArray() : withNotice(held, notRun(status)));
      over(reason, status);
    }

    private void tryAgain(SessionException reason, ExitStatus status) {
      if (endedLate) {
        endedLate = false;
        startFiles.doNotEnd();
        withoutStartFiles(StartFiles.DO_NOT_END);
      } else {
        withoutStartFiles(StartFiles.ended(status));
      }
      try {
        SshCommand second = withoutStartFiles.get();
        endIfLate(second, LAST_LIMIT);
        replace(second);
      } catch (SessionException failure) {
        makeReady(before, withNotice(held, "The command did not run: " + failure.getMessage()));
        over(reason, ExitStatus.ofCode(NOT_STARTED));
      }
    }

    private void end(ExitStatus status) {
      if (endedLate) {
        makeReady(notice("The command was ended as it began: its shell took too long to start."));
      }
      over = true;
      exit.complete(status);
    }

    private void over(SessionException reason, ExitStatus status) {
      over = true;
      started.completeExceptionally(reason);
      exit.complete(status.code() == 0 ? ExitStatus.ofCode(NOT_STARTED) : status);
    }

    private void makeReady(byte[]... parts) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        all.writeBytes(part);
      }
      ready = all.toByteArray();
      readyFrom = 0;
    }
  }

  private static SessionException reasonOf(SshCommand attempt) {
    return attempt.started().exceptionNow() instanceof SessionException reason
        ? reason
        : new SessionException(Reason.NOT_STARTED, "the shell ended before it began");
  }

  private static String noDirectory(String directory) {
    return "The command did not run: the working directory does not exist or cannot be entered: "
        + directory;
  }

  private static String notRun(ExitStatus status) {
    return "The command did not run: its shell ended before (exit status "
        + status.code()
        + "). If ~/.bashrc or a file that it reads ends it, mend that file.";
  }

  /** What was shown, and a notice on a line of its own. */
  private static byte[] withNotice(ByteArrayOutputStream shown, String text) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(shown.toByteArray());
    if (shown.toString(StandardCharsets.ISO_8859_1).contains(OWN_SCREEN)) {
      // Where a program such as tmux had its own screen, which it did not live to leave.
      all.writeBytes(LEAVE_OWN_SCREEN.getBytes(StandardCharsets.ISO_8859_1));
    }
    all.writeBytes(shown.size() == 0 ? line(text) : notice(text));
    return all.toByteArray();
  }

  /** After whatever stands before it, which may be half a line. */
  private static byte[] notice(String text) {
    return ("\r\n[" + text + "]\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] line(String text) {
    return ("[" + text + "]\r\n").getBytes(StandardCharsets.UTF_8);
  }
}
