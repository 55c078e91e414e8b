package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.ExitStatus;
import org.apache.sshd.client.channel.ChannelExec;

/** Reads how a channel ended. */
final class ExitStatuses {

  private ExitStatuses() {}

  static ExitStatus of(ChannelExec channel) {
    Integer status = channel.getExitStatus();
    if (status != null) {
      return ExitStatus.ofCode(status);
    }
    String signal = channel.getExitSignal();
    if (signal != null) {
      return ExitStatus.ofSignal(signal);
    }
    // MINA closes the channel when sshd says no to the program.
    return channel.getSession().isOpen() ? ExitStatus.ofNotStarted() : ExitStatus.ofLostLogin();
  }
}
