package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.auth.Role;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Provisions each account once, for all requests that need it, and keeps its key. */
final class Provisioning {

  /** How long a request waits for another request that provisions the same account. */
  private static final Duration WAIT = Duration.ofSeconds(90);

  /** An account that exists, the key that opens it, and the role whose bounds it has. */
  private record Provisioned(Account account, AccountKeyPair key, Role role) {}

  private final Homes homes;
  private final Provisioner provisioner;
  private final DisabledAccounts disabled;

  /**
   * The provisioning of each account, under way or done, by user id. A provisioning that failed is
   * not kept.
   */
  private final ConcurrentMap<String, CompletableFuture<Provisioned>> flights =
      new ConcurrentHashMap<>();

  private final ConcurrentMap<AccountName, Provisioned> latest = new ConcurrentHashMap<>();

  Provisioning(Homes homes, Provisioner provisioner, DisabledAccounts disabled) {
    this.homes = homes;
    this.provisioner = provisioner;
    this.disabled = disabled;
  }

  /**
   * Returns the account of a user, and provisions it first if that was not done yet, or in another
   * role.
   *
   * @param role empty if the role is not known; the account then keeps the role in which it was
   *     provisioned
   * @param lookUp finds the account, or makes it in the registry
   */
  Account open(String userId, Optional<Role> role, Supplier<Account> lookUp) {
    CompletableFuture<Provisioned> known = flights.get(userId);
    if (known == null) {
      CompletableFuture<Provisioned> mine = new CompletableFuture<>();
      known = flights.putIfAbsent(userId, mine);
      if (known == null) {
        return provision(userId, role.orElse(Role.USER), mine, lookUp);
      }
    }
    Provisioned found = await(known);
    if (role.isPresent() && role.get() != found.role()) {
      flights.remove(userId, known);
      return open(userId, role, lookUp);
    }
    return found.account();
  }

  private Account provision(
      String userId, Role role, CompletableFuture<Provisioned> flight, Supplier<Account> lookUp) {
    try {
      Account account = lookUp.get();
      flight.complete(provision(account, role));
      return account;
    } catch (RuntimeException | Error failure) {
      // Errors are caught too, because other requests wait for this flight and must not wait for
      // ever.
      flights.remove(userId, flight);
      flight.completeExceptionally(failure);
      throw failure;
    }
  }

  private Provisioned provision(Account account, Role role) {
    homes.requireOwn(account);
    AccountKeyPair key = AccountKeyPair.generate(account.name());
    try {
      provisioner.provision(account, key, role);
    } catch (AccountException refusal) {
      throw refusal.reason() == Reason.DISABLED
          ? disabled.explained(account.name(), refusal)
          : refusal;
    }
    Provisioned made = new Provisioned(account, key, role);
    latest.put(account.name(), made);
    return made;
  }

  private static Provisioned await(CompletableFuture<Provisioned> flight) {
    try {
      return flight.get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof AccountException cause
          ? new AccountException(cause.reason(), String.valueOf(cause.getMessage()), cause)
          : new IllegalStateException(failure.getCause());
    } catch (TimeoutException slow) {
      throw new AccountException(
          Reason.UNAVAILABLE,
          "your account is still being made after "
              + WAIT.toSeconds()
              + " seconds; try again in a moment",
          slow);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AccountException(
          Reason.UNAVAILABLE, "making your account was interrupted; try again");
    }
  }

  /** The account of a user, if it was provisioned since the gateway's start. */
  Optional<Account> find(String userId) {
    return Optional.ofNullable(flights.get(userId))
        .filter(flight -> flight.isDone() && !flight.isCompletedExceptionally())
        .map(flight -> flight.join().account());
  }

  /** Makes the next use of the user's account provision it again, because its key was deleted. */
  void forget(String userId) {
    flights.remove(userId);
  }

  /** Provisions an account once more, with a new key, in the role that it has. */
  void again(Account account) {
    var unused = provision(account, requireLatest(account).role());
  }

  AccountKeyPair keyOf(Account account) {
    return requireLatest(account).key();
  }

  private Provisioned requireLatest(Account account) {
    Provisioned known = latest.get(account.name());
    if (known == null) {
      throw new IllegalStateException("the account " + account.name() + " was never opened");
    }
    return known;
  }
}
