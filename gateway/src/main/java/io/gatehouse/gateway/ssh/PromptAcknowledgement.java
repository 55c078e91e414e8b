package io.gatehouse.gateway.ssh;

import java.io.IOException;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Answers sshd's first message after the login with one that says nothing.
 *
 * <p>sshd announces its host keys and then waits, by Nagle's algorithm, for the acknowledgement
 * before it opens the first channel. A client with nothing to send delays that for 40 ms; the
 * message carries it at once. The announcement itself is no news: the host key is pinned.
 */
final class PromptAcknowledgement implements RequestHandler<ConnectionService> {

  /** OpenSSH's PROTOCOL file, section 2.5. */
  private static final String HOST_KEYS = "hostkeys-00@openssh.com";

  @Override
  public Result process(
      ConnectionService connection, String request, boolean wantsReply, Buffer buffer)
      throws IOException {
    if (!request.equals(HOST_KEYS)) {
      return Result.Unsupported;
    }
    var unused = connection.getSession().sendIgnoreMessage();
    return Result.Replied;
  }
}
