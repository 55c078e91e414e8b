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
 * The one SSH connection of an account.
 *
 * <p>The first caller logs in, and all callers that come meanwhile wait for the same login. If sshd
 * refuses the login, the account is provisioned again and the login tried once more. If PAM refuses
 * the login, its connection is ended.
 */
final class Login {

  /** The most bytes of the reason for PAM's refusal that are read. */
  private static final int LONGEST_REASON = 1024;

  private final Account account;
  private final Accounts accounts;
  private final SshConnector connector;
  private final SshSettings settings;

  /**
   * The current login and its connection. It is null before the first login; the next attempt
   * replaces a failed login.
   */
  private final AtomicReference<@Nullable CompletableFuture<ClientSession>> connection =
      new AtomicReference<>();

  Login(Account account, Accounts accounts, SshConnector connector, SshSettings settings) {
    this.account = account;
    this.accounts = accounts;
    this.connector = connector;
    this.settings = settings;
  }

  /**
   * Returns the open connection; logs in first if there is none.
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

  /** The connection of the login, if it is open. */
  Optional<ClientSession> current() {
    return Optional.ofNullable(connection.get())
        .filter(login -> login.isDone() && isUsable(login))
        .map(CompletableFuture::join);
  }

  private static boolean isUsable(CompletableFuture<ClientSession> login) {
    return !login.isDone() || (!login.isCompletedExceptionally() && login.join().isOpen());
  }

  private ClientSession await(CompletableFuture<ClientSession> login) {
    try {
      // The limit allows for two attempts to log in, with provisioning the account in between.
      long limit =
          settings.loginLimit().multipliedBy(2).plus(settings.provisioningLimit()).toMillis();
      return login.get(limit, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw causeOf(failure);
    } catch (TimeoutException failure) {
      throw new SessionException(
          Reason.TIMED_OUT, "the login to " + where() + " takes too long; try again", failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(
          Reason.TIMED_OUT, "the login to " + where() + " was interrupted; try again");
    }
  }

  /** The exception that a failed task has thrown. */
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
      // The account or its key was removed after the account was provisioned. It is provisioned
      // again, but only once.
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
   * Finds out whether PAM refuses the login, and why. sshd accepts such a login, but each program
   * in it only prints the reason and ends. So this starts a program that does nothing, and reads
   * what it prints.
   */
  private Optional<String> refusal(ClientSession session) {
    try (SshPipe nothing =
        SshPipe.open(session, ":", settings.channelLimit(), settings.channelLimit())) {
      String reason =
          new String(nothing.output().readNBytes(LONGEST_REASON), StandardCharsets.UTF_8).strip();
      return Optional.of(reason.isEmpty() ? "PAM refuses the login of " + account.name() : reason)
          .filter(said -> nothing.exit().code() == Boundary.STATUS_REFUSED_BY_PAM);
    } catch (IOException lost) {
      // Nothing to do here: the caller gets the failure with the next channel.
      return Optional.empty();
    }
  }

  /**
   * Forgets the connection, so that the next caller logs in again, and returns it without closing
   * it.
   */
  Optional<CompletableFuture<ClientSession>> detach() {
    return Optional.ofNullable(connection.getAndSet(null));
  }

  /** Ends the connection; the next caller logs in again. */
  void close() {
    detach().ifPresent(Login::close);
  }

  /** Ends a connection, even if its login is still under way. */
  static void close(CompletableFuture<ClientSession> login) {
    var unused = login.thenAccept(session -> session.close(true));
  }

  private String where() {
    return settings.where(account);
  }
}
