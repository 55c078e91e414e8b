package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.Signal;
import java.io.IOException;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/** Sends signals as RFC 4254, section 6.9, has it; OpenSSH sends them on to the process group. */
final class Signals {

  private Signals() {}

  static void send(ChannelExec channel, Signal signal) throws IOException {
    Buffer request = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
    request.putUInt(channel.getRecipient());
    request.putString("signal");
    request.putBoolean(false);
    request.putString(signal.name());
    channel.writePacket(request);
  }
}
