package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

  /** No user's id: those have no space. Its home is among those of users, as in Open Terminal. */
  static final String SINGLE_PURPOSE = "the single account";

  /** An account that exists, the key that opens it, and the role whose bounds it has. */
  private record Provisioned(Account account, AccountKeyPair key, Role role) {}

  private final AccountRegistry registry;
  private final Homes homes;
  private final Provisioner provisioner;
  private final String prefix;
  private final boolean isolation;

  /** By user id; what failed is not kept. */
  private final ConcurrentMap<String, CompletableFuture<Provisioned>> provisioned =
      new ConcurrentHashMap<>();

  private final ConcurrentMap<AccountName, Provisioned> latest = new ConcurrentHashMap<>();

  Accounts(AccountSettings settings, SystemAccounts system, Provisioner provisioner) {
    this.registry = new AccountRegistry(settings, system);
    this.homes = new Homes(settings);
    this.provisioner = provisioner;
    this.prefix = settings.prefix();
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

  /**
   * The user's account; the first access since the gateway's start provisions it, and so does the
   * first in another role.
   */
  public Account open(User user) {
    return isolation
        ? open(user.id(), verifiedRole(user), () -> registry.findOrAllocate(user))
        : openSingle();
  }

  /** The name of the user's account, if that was opened since the gateway's start. */
  public Optional<AccountName> nameOf(User user) {
    return Optional.ofNullable(provisioned.get(isolation ? user.id() : SINGLE_PURPOSE))
        .filter(flight -> flight.isDone() && !flight.isCompletedExceptionally())
        .map(flight -> flight.join().account().name());
  }

  /** The one account that all share where users are not isolated. */
  public Account openSingle() {
    return openReserved(SINGLE, SINGLE_PURPOSE);
  }

  /**
   * An account of the gateway's own.
   *
   * @param name what comes after the prefix of all accounts
   * @param purpose what it is for; it has a space, so that it is not the id of a user
   */
  public Account openReserved(String name, String purpose) {
    if (purpose.indexOf(' ') < 0) {
      throw new IllegalArgumentException("a purpose has a space");
    }
    return openReserved(new AccountName(prefix + name), purpose);
  }

  private Account openReserved(AccountName name, String purpose) {
    return open(purpose, Optional.empty(), () -> registry.findOrAllocate(name, purpose));
  }

  /** Key mode knows no role, and must not take away what Open WebUI said of the same user. */
  private static Optional<Role> verifiedRole(User user) {
    return user.email().map(known -> user.role());
  }

  private Account open(String userId, Optional<Role> role, Supplier<Account> lookUp) {
    CompletableFuture<Provisioned> known = provisioned.get(userId);
    if (known == null) {
      CompletableFuture<Provisioned> mine = new CompletableFuture<>();
      known = provisioned.putIfAbsent(userId, mine);
      if (known == null) {
        return provision(userId, role.orElse(Role.USER), mine, lookUp);
      }
    }
    Provisioned found = await(known);
    if (role.isPresent() && role.get() != found.role()) {
      provisioned.remove(userId, known);
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
      // Errors too: whoever waits, and whoever comes next, must not wait for a flight that fell.
      provisioned.remove(userId, flight);
      flight.completeExceptionally(failure);
      throw failure;
    }
  }

  private Provisioned provision(Account account, Role role) {
    homes.requireOwn(account);
    AccountKeyPair key = AccountKeyPair.generate(account.name());
    provisioner.provision(account, key, role);
    Provisioned made = new Provisioned(account, key, role);
    latest.put(account.name(), made);
    return made;
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
    return requireLatest(account).key();
  }

  private Provisioned requireLatest(Account account) {
    Provisioned known = latest.get(account.name());
    if (known == null) {
      throw new IllegalStateException("the account " + account.name() + " was never opened");
    }
    return known;
  }

  /** Provisions an account once more, with a new key, because its login is refused. */
  public void reprovision(Account account) {
    LOG.warn("sshd refuses the key of {}; provisioning it again", account.name());
    var unused = provision(account, requireLatest(account).role());
  }

  /** Makes {@link #end} quick also on a machine that has become busy; failures only cost that. */
  public void prepareToEnd() {
    try {
      provisioner.prepareToEnd();
    } catch (AccountException failure) {
      LOG.warn("not prepared to end processes: {}", failure.getMessage());
    }
  }

  /** Kills every process of the account, also what is in nobody's session. */
  public void end(Account account) {
    provisioner.end(account);
    LOG.info("ended all processes of {}", account.name());
  }

  /**
   * Kills what the account has left running, unless somebody is logged in.
   *
   * @return whether nobody was
   */
  public boolean endIfLeft(Account account) {
    return provisioner.endIfLeft(account);
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
