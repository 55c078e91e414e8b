package io.gatehouse.gateway.ssh;

import java.io.IOException;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * A connection that acknowledges a message at once if it has no answer to it.
 *
 * <p>Until a session has a terminal, sshd leaves Nagle's algorithm on: its second message in a row
 * waits until the first is acknowledged, and a client with nothing to send delays the
 * acknowledgement for 40 ms. This happens twice in each login. So this connection sends an ignored
 * message (RFC 4253, section 11.2), which carries the acknowledgement.
 */
final class PromptSession extends ClientSessionImpl {

  /** The request in which sshd announces its host keys (OpenSSH's PROTOCOL file, section 2.5). */
  private static final String HOST_KEYS = "hostkeys-00@openssh.com";

  private PromptSession(ClientFactoryManager client, IoSession io) throws Exception {
    super(client, io);
  }

  /** Makes a factory of such connections. */
  static SessionFactory factory(SshClient client) {
    return new SessionFactory(client) {
      @Override
      protected ClientSessionImpl doCreateSession(IoSession io) throws Exception {
        return new PromptSession(getClient(), io);
      }
    };
  }

  /**
   * Acknowledges that the service was accepted. MINA has sent its next request before that, so it
   * has no answer to send now.
   */
  @Override
  protected void handleServiceAccept(String serviceName, Buffer buffer) throws Exception {
    super.handleServiceAccept(serviceName, buffer);
    acknowledge(this);
  }

  /**
   * Handles the list of host keys that sshd sends after the login. The list is not used, because
   * the host key is pinned.
   */
  static RequestHandler.Result hostKeysAnnounced(
      ConnectionService connection, String request, boolean wantsReply, Buffer buffer)
      throws IOException {
    if (!request.equals(HOST_KEYS)) {
      return RequestHandler.Result.Unsupported;
    }
    acknowledge(connection.getSession());
    return RequestHandler.Result.Replied;
  }

  private static void acknowledge(org.apache.sshd.common.session.Session session)
      throws IOException {
    var unused = session.sendIgnoreMessage();
  }
}
