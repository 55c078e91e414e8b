package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.ChannelPipedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program in an exec channel without a terminal. */
final class SshPipe implements Pipe {

  private static final Logger LOG = LoggerFactory.getLogger(SshPipe.class);

  /**
   * Sets the language of the gateway's own programs. It is the same on every machine, because the
   * gateway reads their output. In another language, a number of a spreadsheet could have a decimal
   * comma, and an error text could not be recognised.
   */
  private static final String IN_NO_LANGUAGE = "export LC_ALL=C.UTF-8; ";

  /** How long a killed program may take to end. */
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final ChannelExec channel;
  private final BoundedText errors;
  private final Duration limit;
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private volatile boolean timedOut;

  private SshPipe(ChannelExec channel, BoundedText errors, Duration limit) {
    this.channel = channel;
    this.errors = errors;
    this.limit = limit;
    channel.addCloseFutureListener(closed -> exit.complete(ExecChannels.exitStatus(channel)));
    // In a thread of its own: ending a program can wait for a login that does not answer, and must
    // not hold up the limits of other programs.
    CompletableFuture.delayedExecutor(
            limit.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
        .execute(this::endLate);
  }

  /**
   * Starts a program.
   *
   * @param text the command line, for the login shell
   * @param limit the time after which the program is killed
   */
  static SshPipe open(ClientSession session, String text, Duration openLimit, Duration limit)
      throws IOException {
    ChannelExec channel =
        session.createExecChannel(IN_NO_LANGUAGE + text, null, SshSession.WITHOUT_START_FILES);
    BoundedText errors = new BoundedText();
    channel.setErr(errors);
    ExecChannels.open(channel, openLimit);
    return new SshPipe(channel, errors, limit);
  }

  private void endLate() {
    if (!exit.isDone()) {
      timedOut = true;
      end();
    }
  }

  /**
   * Ends the program and its children. Nothing else would end the children, because there is no
   * terminal.
   */
  private void end() {
    try {
      ExecChannels.signal(channel, Signal.KILL);
    } catch (IOException failure) {
      LOG.debug("a program of the gateway cannot be killed: {}", failure.toString());
    }
    ExecChannels.close(channel);
  }

  CompletableFuture<ExitStatus> whenEnded() {
    return exit;
  }

  @Override
  public InputStream output() {
    return channel.getInvertedOut();
  }

  @Override
  public ExitStatus exit() {
    try {
      return exit.get(limit.plus(END_LIMIT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException failure) {
      throw new SessionException(
          Reason.TIMED_OUT, "a program in the login does not end; try again", failure);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(
          Reason.TIMED_OUT, "waiting for a program was interrupted; try again");
    }
  }

  @Override
  public String errors() {
    return errors.text();
  }

  @Override
  public boolean timedOut() {
    return timedOut;
  }

  @Override
  public void close() {
    if (!exit.isDone()) {
      end();
    }
  }

  /** A program in an exec channel without a terminal, whose input stays open. */
  static final class Talking implements Conversation {

    private final ChannelExec channel;
    private final BoundedText errors;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    private Talking(ChannelExec channel, BoundedText errors) {
      this.channel = channel;
      this.errors = errors;
      channel.addCloseFutureListener(closed -> exit.complete(ExecChannels.exitStatus(channel)));
    }

    /**
     * Starts a program.
     *
     * @param text for the login shell
     */
    static Talking open(ClientSession session, String text, Duration openLimit) throws IOException {
      ChannelExec channel = session.createExecChannel(text, null, SshSession.WITHOUT_START_FILES);
      BoundedText errors = new BoundedText();
      channel.setErr(errors);
      ExecChannels.open(channel, openLimit);
      return new Talking(channel, errors);
    }

    @Override
    public OutputStream input() {
      return channel.getInvertedIn();
    }

    @Override
    public InputStream output() {
      return channel.getInvertedOut();
    }

    @Override
    public InputStream output(Duration silence) {
      // MINA makes this stream for every channel that was given no stream of another kind.
      ChannelPipedInputStream output = (ChannelPipedInputStream) channel.getInvertedOut();
      output.setTimeout(silence.toMillis());
      return output;
    }

    @Override
    public String errors() {
      return errors.text();
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
      return exit;
    }

    /**
     * The program gets TERM, so that it can end what it has started. A program that ignores that
     * has no input and no output any more, and ends with the account's processes at the latest.
     */
    @Override
    public void close() {
      if (!exit.isDone()) {
        try {
          ExecChannels.signal(channel, Signal.TERM);
        } catch (IOException failure) {
          LOG.debug("a program of the gateway cannot be ended: {}", failure.toString());
        }
        ExecChannels.close(channel);
      }
    }
  }
}
