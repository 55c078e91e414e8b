package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.ShellWord;
import io.gatehouse.gateway.session.WindowSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelExec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A login shell in a channel of its own. */
final class SshShell implements Shell {

  private static final Logger LOG = LoggerFactory.getLogger(SshShell.class);

  /** The most bytes of typed input that are sent at once. */
  private static final int SLICE = 32 * 1024;

  /** The time within which {@link #end} returns. */
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private static final Pattern PROCESS_ID = Pattern.compile("[1-9][0-9]{0,9}");

  private final ChannelExec channel;
  private final BiFunction<String, Duration, Pipe> programs;
  private final String where;
  private final InputStream output;
  private final CompletableFuture<Long> processId = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

  private SshShell(ChannelExec channel, BiFunction<String, Duration, Pipe> programs, String where) {
    this.channel = channel;
    this.programs = programs;
    this.where = where;
    this.output = new PreludeOutput(channel.getInvertedOut(), PROCESS_ID, this::reported);
    channel.addCloseFutureListener(closed -> exit.complete(ExecChannels.exitStatus(channel)));
  }

  /**
   * The command line that turns the account's shell into a login shell. It is used instead of an
   * SSH request for a shell, which would begin in the home directory and would not report the
   * process id.
   */
  static String text(String directory) {
    return "cd -- "
        + ShellWord.quote(directory)
        + "; printf '\\%03o%%s\\n' \"$$\"; ".formatted((int) Boundary.REPORT_MARK)
        + "unset SHLVL; exec -a \"-${SHELL##*/}\" \"$SHELL\"";
  }

  /**
   * Opens the channel and starts the shell.
   *
   * @param programs starts a program beside the shell, in the same login
   */
  static SshShell open(
      ChannelExec channel,
      BiFunction<String, Duration, Pipe> programs,
      Duration openLimit,
      String where)
      throws IOException {
    channel.setRedirectErrorStream(true);
    ExecChannels.open(channel, openLimit);
    return new SshShell(channel, programs, where);
  }

  private void reported(Optional<String> report) {
    report.ifPresentOrElse(
        id -> processId.complete(Long.valueOf(id)),
        () -> processId.completeExceptionally(ended(null)));
  }

  @Override
  public CompletableFuture<Long> processId() {
    return processId;
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public void type(ByteBuffer input, Duration limit) {
    OutputStream terminal = channel.getInvertedIn();
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (input.hasRemaining()) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (!left.isPositive()) {
          return;
        }
        // This waits until the channel has space, and only then writes: a write that gives up
        // waiting would lose its bytes.
        long space = channel.getRemoteWindow().waitForSpace(left);
        byte[] slice = new byte[(int) Math.min(Math.min(space, SLICE), input.remaining())];
        input.get(slice);
        terminal.write(slice);
        terminal.flush();
      }
    } catch (SocketTimeoutException full) {
      LOG.debug("a terminal takes no input: {}", where);
    } catch (InterruptedException | InterruptedIOException interruption) {
      Thread.currentThread().interrupt();
    } catch (IOException failure) {
      throw ended(failure);
    }
  }

  private SessionException ended(@Nullable Exception cause) {
    return new SessionException(
        Reason.ENDED, "the shell has ended; open a new terminal (" + where + ")", cause);
  }

  @Override
  public void resize(WindowSize size) {
    try {
      channel.sendWindowChange(size.columns(), size.rows());
    } catch (IOException failure) {
      LOG.debug("a terminal cannot be resized: {}: {}", where, failure.toString());
    }
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void end() {
    // sshd closes the terminal, which ends all programs that do not ignore the hangup.
    channel.close(false);
    if (processId.isCompletedExceptionally() || !processId.isDone()) {
      return;
    }
    try (Pipe end = programs.apply(endOfSession(processId.join()), END_LIMIT)) {
      if (end.exit().code() != 0) {
        LOG.warn("some processes of a terminal did not end: {}: {}", where, end.errors());
      }
    } catch (SessionException failure) {
      LOG.warn("the remaining processes of a terminal cannot be ended: {}", where, failure);
    }
  }

  /**
   * Makes the script that sends HUP to all processes of a session, and two seconds later KILL to
   * the processes that are still there. Programs need this time to save their data. The kernel
   * itself sends HUP only to the foreground processes.
   */
  private static String endOfSession(long sessionId) {
    return """
    pkill -HUP -s %1$d || exit 0
    pkill -CONT -s %1$d
    for i in {1..20}; do pgrep -s %1$d >/dev/null || exit 0; sleep 0.1; done
    pkill -KILL -s %1$d
    for i in {1..10}; do pgrep -s %1$d >/dev/null || exit 0; sleep 0.1; done
    exit 1
    """
        .formatted(sessionId);
  }
}
