package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.auth.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every user an account that exists, with a key that opens it. */
public final class Accounts {

  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  /** How long one request waits for another that provisions the same account. */
  private static final Duration PROVISIONING_WAIT = Duration.ofSeconds(90);

  /** The one account of a server without isolation, as Open Terminal calls it. */
  private static final AccountName SINGLE = new AccountName("user");

  /** No user's id: those have no space. */
  private static final String SINGLE_PURPOSE = "the single account";

  /** An account that exists, and the key that opens it since it was provisioned. */
  private record Provisioned(Account account, AccountKeyPair key) {}

  private final AccountRegistry registry;
  private final Homes homes;
  private final Provisioner provisioner;
  private final boolean isolation;

  /** By user id; what failed is not kept. */
  private final ConcurrentMap<String, CompletableFuture<Provisioned>> provisioned =
      new ConcurrentHashMap<>();

  private final ConcurrentMap<AccountName, AccountKeyPair> keys = new ConcurrentHashMap<>();

  Accounts(AccountSettings settings, SystemAccounts system, Provisioner provisioner) {
    this.registry = new AccountRegistry(settings, system);
    this.homes = new Homes(settings.homes());
    this.provisioner = provisioner;
    this.isolation = settings.isolation();
  }

  /** The accounts of this machine. */
  public static Accounts of(AccountSettings settings, Provisioner provisioner) {
    return new Accounts(settings, new PasswdFile(Path.of("/etc/passwd")), provisioner);
  }

  /** Whether every user has an account of their own. */
  public boolean isolated() {
    return isolation;
  }

  /** The user's account; the first access since the gateway's start provisions it. */
  public Account open(User user) {
    return isolation ? open(user.id(), () -> registry.findOrAllocate(user)) : openSingle();
  }

  /** The one account that all share where users are not isolated. */
  public Account openSingle() {
    return open(SINGLE_PURPOSE, () -> registry.findOrAllocate(SINGLE, SINGLE_PURPOSE));
  }

  private Account open(String userId, Supplier<Account> lookUp) {
    CompletableFuture<Provisioned> known = provisioned.get(userId);
    if (known == null) {
      CompletableFuture<Provisioned> mine = new CompletableFuture<>();
      known = provisioned.putIfAbsent(userId, mine);
      if (known == null) {
        return provision(userId, mine, lookUp);
      }
    }
    return await(known).account();
  }

  private Account provision(
      String userId, CompletableFuture<Provisioned> flight, Supplier<Account> lookUp) {
    try {
      Account account = lookUp.get();
      flight.complete(new Provisioned(account, provision(account)));
      return account;
    } catch (RuntimeException | Error failure) {
      // Errors too: whoever waits, and whoever comes next, must not wait for a flight that fell.
      provisioned.remove(userId, flight);
      flight.completeExceptionally(failure);
      throw failure;
    }
  }

  private AccountKeyPair provision(Account account) {
    homes.requireOwn(account);
    AccountKeyPair key = AccountKeyPair.generate(account.name());
    provisioner.provision(account, key);
    keys.put(account.name(), key);
    return key;
  }

  private static Provisioned await(CompletableFuture<Provisioned> flight) {
    try {
      return flight.get(PROVISIONING_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof AccountException cause
          ? new AccountException(cause.reason(), String.valueOf(cause.getMessage()), cause)
          : new IllegalStateException(failure.getCause());
    } catch (TimeoutException slow) {
      throw new AccountException(Reason.UNAVAILABLE, "provisioning takes too long", slow);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AccountException(Reason.UNAVAILABLE, "provisioning was cut short");
    }
  }

  /** The key that opens an account which was opened before. */
  public AccountKeyPair keyOf(Account account) {
    AccountKeyPair key = keys.get(account.name());
    if (key == null) {
      throw new IllegalStateException("the account " + account.name() + " was never opened");
    }
    return key;
  }

  /** Provisions an account once more, with a new key, because its login is refused. */
  public void reprovision(Account account) {
    LOG.warn("sshd refuses the key of {}; provisioning it again", account.name());
    var unused = provision(account);
  }

  /** Makes all known accounts exist again, in a new container on an old volume. */
  public void restoreAll() {
    List<Account> all = registry.all();
    if (!all.isEmpty()) {
      try {
        provisioner.restore(all);
        LOG.info("restored {} accounts", all.size());
      } catch (AccountException failure) {
        LOG.error("not all accounts could be restored: {}", failure.getMessage());
      }
    }
  }
}
