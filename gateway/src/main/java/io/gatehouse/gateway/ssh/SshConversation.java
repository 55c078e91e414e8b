package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program in an exec channel without a terminal, whose input stays open. */
final class SshConversation implements Conversation {

  private static final Logger LOG = LoggerFactory.getLogger(SshConversation.class);

  private final ChannelExec channel;
  private final BoundedText errors;
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

  private SshConversation(ChannelExec channel, BoundedText errors) {
    this.channel = channel;
    this.errors = errors;
    channel.addCloseFutureListener(closed -> exit.complete(ExecChannels.exitStatus(channel)));
  }

  /**
   * Starts a program.
   *
   * @param text for the login shell
   */
  static SshConversation open(ClientSession session, String text, Duration openLimit)
      throws IOException {
    ChannelExec channel = session.createExecChannel(text, null, SshSession.WITHOUT_START_FILES);
    BoundedText errors = new BoundedText();
    channel.setErr(errors);
    ExecChannels.open(channel, openLimit);
    return new SshConversation(channel, errors);
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
  public String errors() {
    return errors.text();
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  /**
   * The program gets TERM, so that it can end what it has started. A program that ignores that has
   * no input and no output any more, and ends with the account's processes at the latest.
   */
  @Override
  public void close() {
    if (!exit.isDone()) {
      try {
        ExecChannels.signal(channel, Signal.TERM);
      } catch (IOException failure) {
        LOG.debug("a program of the gateway cannot be ended: {}", failure.toString());
      }
      channel.close(true);
    }
  }
}
