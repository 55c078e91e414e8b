package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.ShellWord;
import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelExec;

/** A command in an exec channel. The prelude ({@code sshd-config/command}) starts it. */
final class SshCommand implements Command {

  /**
   * The prelude's report: the command has started, with the process id of its shell, or its
   * directory cannot be entered.
   */
  private static final Pattern REPORT =
      Pattern.compile(Boundary.REPORT_STARTED + " [1-9][0-9]{0,9}|" + Boundary.REPORT_NO_DIRECTORY);

  /** The limit for finding out whether the command waits for input, which usually takes 10 ms. */
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(2);

  private final ChannelExec channel;
  private final Duration inputLimit;
  private final String where;
  private final Function<String, Pipe> look;

  /** The process id of the shell; empty until the command's text begins to run. */
  private volatile String processId = "";

  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private final PreludeOutput output;

  private SshCommand(
      ChannelExec channel, Duration inputLimit, String where, Function<String, Pipe> look) {
    this.channel = channel;
    this.inputLimit = inputLimit;
    this.where = where;
    this.look = look;
    this.output = new PreludeOutput(channel.getInvertedOut(), REPORT, this::preludeReported);
    channel.addCloseFutureListener(closed -> ended());
  }

  /**
   * Opens the channel and starts its command.
   *
   * @param limit the limit for opening the channel, and for the command to take input
   * @param programs runs a program in the same login, with a limit
   * @param waiting the program {@code sshd-config/waiting}
   */
  static SshCommand open(
      ChannelExec channel,
      Duration limit,
      String where,
      BiFunction<String, Duration, Pipe> programs,
      Path waiting)
      throws IOException {
    channel.setRedirectErrorStream(true);
    ExecChannels.open(channel, limit);
    return new SshCommand(
        channel,
        limit,
        where,
        processId ->
            programs.apply(
                "\\. " + ShellWord.quote(waiting.toString()) + " " + processId, LOOK_LIMIT));
  }

  private void preludeReported(Optional<String> report) {
    if (report.isEmpty()) {
      started.completeExceptionally(
          new SessionException(
              Reason.NOT_STARTED, "the shell ended before it ran the command: " + where));
    } else if (report.get().equals(Boundary.REPORT_NO_DIRECTORY)) {
      started.completeExceptionally(
          new SessionException(Reason.NO_DIRECTORY, "the directory cannot be entered"));
    } else {
      processId = report.get().substring(report.get().indexOf(' ') + 1);
      started.complete(null);
    }
  }

  private void ended() {
    exit.complete(ExecChannels.exitStatus(channel));
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
          ? new SessionException(
              Reason.ENDED, "the command has ended and takes no input: " + where, failure)
          : new SessionException(
              Reason.TIMED_OUT,
              "the command does not read its input within " + inputLimit + ": " + where,
              failure);
    }
  }

  @Override
  public boolean awaitsInput() {
    if (processId.isEmpty() || exit.isDone()) {
      return false;
    }
    try (Pipe program = look.apply(processId)) {
      String said =
          new String(
              program.output().readNBytes(Boundary.WAITING.length()), StandardCharsets.ISO_8859_1);
      return said.equals(Boundary.WAITING) && program.exit().code() == 0;
    } catch (IOException lost) {
      return false;
    }
  }

  @Override
  public void signal(Signal signal) {
    try {
      ExecChannels.signal(channel, signal);
    } catch (IOException failure) {
      if (!channel.isClosing() && !exit.isDone()) {
        throw new SessionException(
            Reason.UNREACHABLE,
            "the SSH connection for " + where + " was lost; try again",
            failure);
      }
    }
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void close() {
    ExecChannels.close(channel);
  }
}
