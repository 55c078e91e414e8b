package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelExec;

/** A command in an exec channel, begun by the prelude. */
final class SshCommand implements Command {

  /** The prelude's report when it cannot enter the directory. */
  private static final String NO_DIRECTORY = "cwd";

  private static final Pattern REPORT = Pattern.compile("started|" + NO_DIRECTORY);

  private final ChannelExec channel;
  private final Duration inputLimit;
  private final String where;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private final PreludeOutput output;

  private SshCommand(ChannelExec channel, Duration inputLimit, String where) {
    this.channel = channel;
    this.inputLimit = inputLimit;
    this.where = where;
    this.output = new PreludeOutput(channel.getInvertedOut(), REPORT, this::preludeReported);
    channel.addCloseFutureListener(closed -> ended());
  }

  /**
   * Opens the channel and starts its command.
   *
   * @param limit for opening the channel, and for the command to take input
   */
  static SshCommand open(ChannelExec channel, Duration limit, String where) throws IOException {
    channel.setRedirectErrorStream(true);
    channel.open().verify(limit);
    return new SshCommand(channel, limit, where);
  }

  private void preludeReported(Optional<String> report) {
    if (report.isEmpty()) {
      started.completeExceptionally(
          new SessionException(
              Reason.NOT_STARTED, "the shell ended before it came to the command: " + where));
    } else if (report.get().equals(NO_DIRECTORY)) {
      started.completeExceptionally(
          new SessionException(Reason.NO_DIRECTORY, "the directory cannot be entered"));
    } else {
      started.complete(null);
    }
  }

  private void ended() {
    exit.complete(ExitStatuses.of(channel));
  }

  @Override
  public CompletableFuture<Void> started() {
    return started;
  }

  @Override
  public PreludeOutput output() {
    return output;
  }

  @Override
  public void type(byte[] input) {
    try {
      OutputStream terminal = channel.getInvertedIn();
      terminal.write(input);
      terminal.flush();
    } catch (IOException failure) {
      throw exit.isDone() || channel.isClosing()
          ? new SessionException(Reason.ENDED, "the command has ended: " + where, failure)
          : new SessionException(
              Reason.TIMED_OUT,
              "the command does not read its input within " + inputLimit + ": " + where,
              failure);
    }
  }

  @Override
  public void signal(Signal signal) {
    try {
      Signals.send(channel, signal);
    } catch (IOException failure) {
      if (!channel.isClosing() && !exit.isDone()) {
        throw new SessionException(Reason.UNREACHABLE, "the login was lost: " + where, failure);
      }
    }
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void close() {
    channel.close(true);
  }
}
