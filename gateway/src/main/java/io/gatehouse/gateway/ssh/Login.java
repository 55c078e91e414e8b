package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.account.Boundary;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of an account.
 *
 * <p>The first caller logs in, and all who come meanwhile wait for the same login. A login that
 * sshd refuses is mended once, by provisioning the account again. A login that PAM refuses is
 * ended.
 */
final class Login {

  /** Bytes of the reason that PAM gives for a refusal. */
  private static final int LONGEST_REASON = 1024;

  private final Account account;
  private final Accounts accounts;
  private final SshConnector connector;
  private final SshSettings settings;

  /** Null until the first login; a failed login is replaced by the next attempt. */
  private final AtomicReference<@Nullable CompletableFuture<ClientSession>> connection =
      new AtomicReference<>();

  Login(Account account, Accounts accounts, SshConnector connector, SshSettings settings) {
    this.account = account;
    this.accounts = accounts;
    this.connector = connector;
    this.settings = settings;
  }

  /**
   * Returns the open connection, and logs in before that where there is none.
   *
   * @throws SessionException if the login fails
   */
  ClientSession connected() {
    while (true) {
      CompletableFuture<ClientSession> current = connection.get();
      if (current != null && isUsable(current)) {
        return await(current);
      }
      CompletableFuture<ClientSession> mine = new CompletableFuture<>();
      if (connection.compareAndSet(current, mine)) {
        try {
          mine.complete(login());
        } catch (RuntimeException failure) {
          mine.completeExceptionally(failure);
          throw failure;
        }
        return await(mine);
      }
    }
  }

  private static boolean isUsable(CompletableFuture<ClientSession> login) {
    return !login.isDone() || (!login.isCompletedExceptionally() && login.join().isOpen());
  }

  private ClientSession await(CompletableFuture<ClientSession> login) {
    try {
      // A login may be tried twice, and the account be provisioned in between.
      long limit =
          settings.loginLimit().multipliedBy(2).plus(settings.provisioningLimit()).toMillis();
      return login.get(limit, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw causeOf(failure);
    } catch (TimeoutException failure) {
      throw new SessionException(Reason.TIMED_OUT, "the login takes too long: " + where(), failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(Reason.TIMED_OUT, "the login was cut short: " + where());
    }
  }

  /** What a task that failed has thrown. */
  static RuntimeException causeOf(ExecutionException failure) {
    return failure.getCause() instanceof RuntimeException cause
        ? cause
        : new CompletionException(failure.getCause());
  }

  private ClientSession login() {
    try {
      return connect();
    } catch (SessionException failure) {
      if (failure.reason() != Reason.LOGIN_REFUSED) {
        throw failure;
      }
      // Somebody removed the account or its key since it was provisioned: mend it, once.
      accounts.reprovision(account);
      return connect();
    }
  }

  private ClientSession connect() {
    ClientSession session =
        connector.connect(account.name().value(), accounts.keyOf(account).keyPair());
    try {
      refusal(session)
          .ifPresent(
              reason -> {
                throw new SessionException(Reason.NOT_ISOLATED, reason);
              });
      return session;
    } catch (SessionException failure) {
      session.close(true);
      throw failure;
    }
  }

  /**
   * Finds out whether PAM refuses the login, and why. sshd goes on with such a login, but each of
   * its programs says only the reason and ends. So a program that does nothing is asked.
   */
  private Optional<String> refusal(ClientSession session) {
    try (SshPipe nothing =
        SshPipe.open(session, ":", settings.channelLimit(), settings.channelLimit())) {
      String reason =
          new String(nothing.output().readNBytes(LONGEST_REASON), StandardCharsets.UTF_8).strip();
      return Optional.of(reason.isEmpty() ? "PAM refuses the login of " + account.name() : reason)
          .filter(said -> nothing.exit().code() == Boundary.STATUS_REFUSED_BY_PAM);
    } catch (IOException lost) {
      // The caller who opens the next channel gets the failure.
      return Optional.empty();
    }
  }

  /**
   * Takes the connection away, so that the next caller logs in anew; it stays open until closed.
   */
  Optional<CompletableFuture<ClientSession>> detach() {
    return Optional.ofNullable(connection.getAndSet(null));
  }

  /** Ends the connection; the next caller logs in anew. */
  void close() {
    detach().ifPresent(Login::close);
  }

  /** Ends a connection, also one that is only about to be made. */
  static void close(CompletableFuture<ClientSession> login) {
    var unused = login.thenAccept(session -> session.close(true));
  }

  private String where() {
    return settings.where(account);
  }
}
