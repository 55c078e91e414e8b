package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A command that is started again without the user's start files if they prevent its text from
 * beginning. Its output says so.
 *
 * <p>Bash reads {@code ~/.bashrc} before a command. A file that ends the shell, becomes another
 * program, waits for input or does not end would otherwise make every command fail, also those that
 * could mend the file. A shell that has not reported that its text begins has run nothing of it
 * (see {@code sshd-config/command}), so the second attempt repeats nothing.
 */
final class StartFileFallback implements Command {

  /**
   * How long start files may take. Slow start files, such as those of nvm and conda, take 1 to 4
   * seconds on a quiet machine, and three times as long on a busy one.
   */
  static final Duration START_LIMIT = Duration.ofSeconds(15);

  /**
   * The limit for the second attempt. Without start files, only a busy machine can make it slow.
   */
  private static final Duration LAST_LIMIT = Duration.ofSeconds(60);

  /**
   * The most bytes of the start files' output that are held back until the text begins, so that
   * nothing is shown of a first attempt that fails. Output beyond that is shown as it comes.
   */
  private static final int MOST_HELD = 64 * 1024;

  /** The exit status of a shell for a program that exists but cannot be started. */
  private static final int NOT_STARTED = 126;

  /** The highest exit status without a signal. A signal was sent on purpose, to end the shell. */
  private static final int LAST_OWN_STATUS = 128;

  private final Supplier<SshCommand> withoutStartFiles;
  private final StartFiles startFiles;
  private final String directory;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private final Output output = new Output();
  private final StartDeadline deadline = new StartDeadline();
  private final Attempts attempts;

  /**
   * @param withStartFiles opens the first attempt
   * @param withoutStartFiles opens the second attempt, on the thread that reads the output
   * @param startFiles remembers whether the account's start files end
   * @param directory the working directory, as the user wrote it
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
    this.attempts = new Attempts(first);
    this.withoutStartFiles = withoutStartFiles;
    this.startFiles = startFiles;
    this.directory = directory;
    if (skipped) {
      output.withoutStartFiles(StartFiles.DO_NOT_END);
    }
    deadline.endIfLate(first, skipped ? LAST_LIMIT : START_LIMIT);
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
      // Typed input is for the text of the command, and not for a question that the start files
      // ask.
      started.get(START_LIMIT.plus(LAST_LIMIT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw new SessionException(Reason.ENDED, "the command did not start", failure);
    } catch (TimeoutException failure) {
      throw new SessionException(
          Reason.TIMED_OUT, "the command has not started; try again", failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(Reason.TIMED_OUT, "the wait was interrupted; try again");
    }
    attempts.current().type(input);
  }

  @Override
  public boolean awaitsInput() {
    return attempts.current().awaitsInput();
  }

  @Override
  public void signal(Signal signal) {
    attempts.signal(signal);
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void close() {
    SshCommand last = attempts.current();
    last.close();
    var unused = last.exit().thenAccept(exit::complete);
  }

  /** The output of the attempt that counts, with the notices. Only the reading thread uses it. */
  private final class Output extends InputStream {

    private final byte[] one = new byte[1];
    private final byte[] chunk = new byte[4096];

    /** The output of the current attempt before the command's text began to run. */
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    /** Bytes that the reader gets before the output of the attempt. */
    private byte[] ready = {};

    private int readyFrom;

    /** The output of the first attempt and the reason for the second; empty before the second. */
    private byte[] before = {};

    private boolean last;
    private boolean begun;
    private boolean over;

    void withoutStartFiles(String reason) {
      before = StartNotices.withNotice(held, reason);
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
      int count = attempts.current().output().read(buffer, offset, length);
      if (count >= 0) {
        return count;
      }
      end(attempts.current().exit().join());
      return read(buffer, offset, length);
    }

    private void readBeforeTheText() throws IOException {
      SshCommand attempt = attempts.current();
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
      // If even KILL did not end the shell, its channel was closed, and it runs nothing more.
      boolean unknown =
          status.failure().isPresent() && !(deadline.isOver() && status.code() == NOT_STARTED);
      if (reason.reason() == Reason.NO_DIRECTORY) {
        makeReady(before, StartNotices.withNotice(held, StartNotices.noDirectory(directory)));
        over(reason, status);
      } else if (attempts.lastSignal().isPresent() || unknown) {
        makeReady(before, held.toByteArray());
        over(reason, status);
      } else if (last || (status.code() > LAST_OWN_STATUS && !deadline.isOver())) {
        refuse(reason, status);
      } else {
        tryAgain(reason, status);
      }
    }

    private void refuse(SessionException reason, ExitStatus status) {
      // Without start files, a shell ends by itself only if the first line of the text is not valid
      // shell text. It prints an error then.
      boolean explained = last && !deadline.isOver() && held.size() > 0;
      makeReady(
          explained
              ? held.toByteArray()
              : StartNotices.withNotice(held, StartNotices.notRun(status)));
      over(reason, status);
    }

    private void tryAgain(SessionException reason, ExitStatus status) {
      if (deadline.isOver()) {
        deadline.reset();
        startFiles.doNotEnd();
        withoutStartFiles(StartFiles.DO_NOT_END);
      } else {
        withoutStartFiles(StartFiles.ended(status));
      }
      try {
        SshCommand second = withoutStartFiles.get();
        deadline.endIfLate(second, LAST_LIMIT);
        attempts.replace(second);
      } catch (SessionException failure) {
        makeReady(
            before,
            StartNotices.withNotice(held, "The command did not run: " + failure.getMessage()));
        over(reason, ExitStatus.ofCode(NOT_STARTED));
      }
    }

    private void end(ExitStatus status) {
      if (deadline.isOver()) {
        makeReady(
            StartNotices.notice(
                "The command was ended as it began: its shell took too long to start."));
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
        : new SessionException(Reason.NOT_STARTED, "the shell ended before it ran the command");
  }
}
