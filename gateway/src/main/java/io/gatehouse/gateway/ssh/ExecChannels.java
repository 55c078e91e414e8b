package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import java.time.Duration;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;

/** Opens and closes the channels of programs, sends their signals, and reads how they ended. */
final class ExecChannels {

  private ExecChannels() {}

  /**
   * Opens the channel and returns when its program is started.
   *
   * <p>MINA does not tell a caller that waits for a channel when its connection ends. Without this
   * method, the caller would wait for the whole limit before it logs in again.
   *
   * @throws IOException if sshd refuses the channel, its connection ends, or the limit is over
   */
  static void open(ChannelExec channel, Duration limit) throws IOException {
    OpenFuture opening = channel.open();
    channel.addCloseFutureListener(
        closed -> {
          // Every channel closes at some time, and an exception for each would cost a stack trace.
          if (!opening.isDone()) {
            opening.setException(new SshException("the channel was closed before it opened"));
          }
        });
    opening.verify(limit);
  }

  /**
   * Sends a signal by the request of RFC 4254, section 6.9. OpenSSH passes the signal on to the
   * process group.
   *
   * @throws IOException if the channel takes no more requests
   */
  static void signal(ChannelExec channel, Signal signal) throws IOException {
    Buffer request = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
    request.putUInt(channel.getRecipient());
    request.putString("signal");
    request.putBoolean(false);
    request.putString(signal.name());
    channel.writePacket(request);
  }

  /**
   * Closes a channel and tells sshd. With {@code close(true)}, MINA would send nothing, and sshd
   * would keep the channel, and its place among MaxSessions, as long as the login. A channel that
   * sshd opens too late is closed as soon as it is open.
   *
   * <p>MINA sends the bytes that are left before, and waits for a program that takes none. So this
   * happens in another thread.
   */
  static void close(ClientChannel channel) {
    Thread.ofVirtual().name("close a channel").start(() -> channel.close(false));
  }

  /** The exit status of the program of a closed channel. */
  static ExitStatus exitStatus(ChannelExec channel) {
    Integer status = channel.getExitStatus();
    if (status != null) {
      return ExitStatus.ofCode(status);
    }
    String signal = channel.getExitSignal();
    if (signal != null) {
      return ExitStatus.ofSignal(signal);
    }
    // MINA closes the channel when sshd refuses to start the program.
    return channel.getSession().isOpen() ? ExitStatus.ofNotStarted() : ExitStatus.ofLostLogin();
  }
}
