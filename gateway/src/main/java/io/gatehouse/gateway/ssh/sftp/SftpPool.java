package io.gatehouse.gateway.ssh.sftp;

import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.sshd.client.session.ClientSession;

/** Keeps idle SFTP channels for later use, because sshd starts a process for each new one. */
public final class SftpPool {

  /**
   * The most idle SFTP channels that are kept for each login. Each channel costs a waiting process
   * of sshd.
   */
  private static final int MOST_IDLE = 2;

  private final Deque<SftpChannel> idle = new ConcurrentLinkedDeque<>();

  /**
   * Takes a channel of this connection out of the pool. Channels of earlier connections are closed.
   */
  public Optional<SftpChannel> take(ClientSession connection) {
    for (SftpChannel kept = idle.poll(); kept != null; kept = idle.poll()) {
      if (kept.isOpen() && kept.getClientSession().equals(connection)) {
        return Optional.of(kept);
      }
      end(kept);
    }
    return Optional.empty();
  }

  /** Takes back a channel, open or not. */
  public void giveBack(SftpChannel channel) {
    if (!channel.isOpen() || idle.size() >= MOST_IDLE) {
      end(channel);
    } else {
      idle.push(channel);
    }
  }

  /**
   * Closes a channel and tells sshd. This happens in another thread, because MINA waits for a
   * server that does not answer.
   */
  static void end(SftpChannel channel) {
    Thread.ofVirtual()
        .name("close an SFTP channel")
        .start(() -> channel.getClientChannel().close(false));
  }
}
