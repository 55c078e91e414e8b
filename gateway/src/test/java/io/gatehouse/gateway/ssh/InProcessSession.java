package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.InProcessSshd;
import java.nio.file.Path;

/** One login to an {@link InProcessSshd} of its own. */
final class InProcessSession implements AutoCloseable {

  private final InProcessSshd sshd;
  private final SshConnector connector;
  private final SshSession session;

  /**
   * @param folder an empty folder of the test
   */
  InProcessSession(Path folder) {
    sshd = new InProcessSshd(folder);
    connector = new SshConnector(sshd.settings());
    session = new SshSession(sshd.account(), sshd.accounts(), connector, sshd.settings());
  }

  InProcessSshd sshd() {
    return sshd;
  }

  SshSession session() {
    return session;
  }

  @Override
  public void close() {
    Closing.inOrder(session, connector, sshd);
  }
}
