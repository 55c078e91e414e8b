package io.gatehouse.gateway.ssh;

import java.io.IOException;
import java.time.Duration;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshException;

/**
 * Opens channels.
 *
 * <p>MINA does not tell whoever waits for a channel to open that its connection has ended
 * meanwhile: they would wait for the whole limit, and only then log in again.
 */
final class ChannelOpening {

  private ChannelOpening() {}

  /**
   * Opens the channel and returns when it is open.
   *
   * @throws IOException if sshd refuses it, its connection ends, or the limit is over
   */
  static void open(ClientChannel channel, Duration limit) throws IOException {
    OpenFuture opening = channel.open();
    channel.addCloseFutureListener(
        closed -> opening.setException(new SshException("the connection ended while it was used")));
    opening.verify(limit);
  }
}
