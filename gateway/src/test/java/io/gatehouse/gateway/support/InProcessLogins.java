package io.gatehouse.gateway.support;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.ssh.SshConnector;
import io.gatehouse.gateway.ssh.SshSessions;
import java.nio.file.Path;

/** Makes the gateway's own logins to an {@link InProcessSshd}. */
public final class InProcessLogins implements Sessions {

  private final InProcessSshd sshd;
  private final SshConnector connector;
  private final SshSessions sessions;

  /**
   * @param folder an empty folder of the test
   */
  public InProcessLogins(Path folder) {
    sshd = new InProcessSshd(folder);
    connector = new SshConnector(sshd.settings());
    sessions =
        new SshSessions(
            sshd.settings(), connector, sshd.accounts(), AccountBounds.of(sshd.runtime()));
  }

  public InProcessSshd sshd() {
    return sshd;
  }

  @Override
  public Session of(Account account) {
    return sessions.of(account);
  }

  /** Ends all logins and leaves the server. */
  public void closeSessions() {
    sessions.close();
  }

  @Override
  public void close() {
    closeSessions();
    connector.close();
    sshd.close();
  }
}
