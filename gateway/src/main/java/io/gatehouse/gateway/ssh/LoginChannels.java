package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import java.io.IOException;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;

/** Opens channels in the connection of a login, and says in words of this program what failed. */
final class LoginChannels {

  private final Login login;
  private final AccountName account;
  private final String where;

  /**
   * @param where the address and the account, for messages
   */
  LoginChannels(Login login, AccountName account, String where) {
    this.login = login;
    this.account = account;
    this.where = where;
  }

  /** Opens a channel. */
  @FunctionalInterface
  interface Opening<C> {
    C on(ClientSession session) throws IOException;
  }

  /** Opens a channel, and logs in if there is no connection. */
  <C> C open(Opening<C> opening) {
    ClientSession first = login.connected();
    try {
      return openOn(first, opening);
    } catch (SessionException failure) {
      // If the connection ended between two requests, nothing was sent on it, and a second attempt
      // is safe.
      if (failure.reason() == Reason.CHANNEL_REFUSED || first.isOpen()) {
        throw failure;
      }
      return openOn(login.connected(), opening);
    }
  }

  /** Opens a channel on this connection only. */
  <C> C openOn(ClientSession session, Opening<C> opening) {
    try {
      return opening.on(session);
    } catch (IOException | IllegalStateException failure) {
      // MINA wraps the refusal in the exception of the method that waits for it.
      if (failure instanceof SshChannelOpenException
          || failure.getCause() instanceof SshChannelOpenException) {
        throw new SessionException(
            Reason.CHANNEL_REFUSED,
            "sshd opens no further channel for "
                + account
                + "; end a command, a terminal or a transfer",
            failure);
      }
      throw new SessionException(
          session.isOpen() ? Reason.TIMED_OUT : Reason.UNREACHABLE,
          "the SSH connection for " + where + " was lost; try again",
          failure);
    }
  }
}
