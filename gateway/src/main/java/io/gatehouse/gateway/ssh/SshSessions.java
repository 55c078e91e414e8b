package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountBounds;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.schedule.RepeatedTask;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.Sessions;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one SSH connection for each account in use, and ends those that nobody uses. */
public final class SshSessions implements Sessions {

  private static final Duration SWEEP = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(SshSessions.class);

  private final SshConnector connector;
  private final SshSettings settings;
  private final Accounts accounts;
  private final AccountBounds bounds;
  private final ConcurrentMap<AccountName, SshSession> sessions = new ConcurrentHashMap<>();
  private final RepeatedTask sweeper = new RepeatedTask("ssh-sweeper");

  public SshSessions(
      SshSettings settings, SshConnector connector, Accounts accounts, AccountBounds bounds) {
    this.settings = settings;
    this.accounts = accounts;
    this.connector = connector;
    this.bounds = bounds;
    sweeper.begin(SWEEP, SWEEP, this::endIdleSessions);
  }

  @Override
  public Session of(Account account) {
    return sessions.computeIfAbsent(
        account.name(), name -> new SshSession(account, accounts, connector, settings));
  }

  private void endIdleSessions() {
    sessions.forEach(
        (name, session) -> {
          session.endIfIdle(settings.idleEnd());
          try {
            bounds.idle(name).ifPresent(session::endLeftovers);
          } catch (RuntimeException failure) {
            // A failure with one account must not stop this round for the other accounts.
            LOG.warn("cannot end what {} has left: {}", name, failure.getMessage());
          }
        });
  }

  @Override
  public void close() {
    sweeper.close();
    sessions.values().forEach(SshSession::close);
  }
}
