package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountRegistry.UserRecord;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.RoleListener;
import io.gatehouse.gateway.auth.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
  private final Standings standings;
  private final ReentrantLock readingStandings = new ReentrantLock();
  private final Homes homes;
  private final Provisioner provisioner;
  private final String prefix;
  private final boolean isolation;

  /** By user id; what failed is not kept. */
  private final ConcurrentMap<String, CompletableFuture<Provisioned>> provisioned =
      new ConcurrentHashMap<>();

  private final ConcurrentMap<AccountName, Provisioned> latest = new ConcurrentHashMap<>();

  /**
   * Who is disabled or removed.
   *
   * @param byUser the names of those accounts by the ids of their users
   */
  private record Standing(
      Map<AccountName, AccountStanding> byName, Map<String, AccountName> byUser) {}

  private volatile Standing standing = new Standing(Map.of(), Map.of());

  /** Ids of users about whom root is being asked because of what Open WebUI said. */
  private final Set<String> changing = ConcurrentHashMap.newKeySet();

  Accounts(AccountSettings settings, SystemAccounts system, Provisioner provisioner) {
    this.registry = new AccountRegistry(settings, system);
    this.standings = new Standings(settings.standings());
    this.homes = new Homes(settings);
    this.provisioner = provisioner;
    this.prefix = settings.prefix();
    this.isolation = settings.isolation();
    var unused = readStandings();
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
    if (!isolation) {
      return openSingle();
    }
    requireEnabled(user);
    return open(user.id(), verifiedRole(user), () -> findOrAllocate(user));
  }

  private Account findOrAllocate(User user) {
    Account account = registry.findOrAllocate(user);
    if (verifiedRole(user).isPresent()) {
      rememberOpenWebUiUser(user.id());
    }
    return account;
  }

  /**
   * Returns if the user's account is neither disabled nor removed, or if there is none.
   *
   * @throws AccountException DISABLED
   */
  public void requireEnabled(User user) {
    Standing now = standing;
    AccountName name = isolation ? now.byUser().get(user.id()) : null;
    AccountStanding refused = name == null ? null : now.byName().get(name);
    if (name != null && refused != null) {
      throw refused.refusal(name);
    }
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
    try {
      provisioner.provision(account, key, role);
    } catch (AccountException refusal) {
      throw refusal.reason() == Reason.DISABLED ? explained(account, refusal) : refusal;
    }
    Provisioned made = new Provisioned(account, key, role);
    latest.put(account.name(), made);
    return made;
  }

  /** Root was faster than the next look at what it has written. */
  private AccountException explained(Account account, AccountException refusal) {
    AccountStanding found = readStandings().get(account.name());
    return found == null ? refusal : found.refusal(account.name());
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

  // --- Who is disabled or removed

  /** What root has written by now. */
  Map<AccountName, AccountStanding> readStandings() {
    readingStandings.lock();
    try {
      if (standings.mayHaveChanged()) {
        Map<AccountName, AccountStanding> byName = standings.read();
        Map<String, AccountName> byUser = new HashMap<>();
        byName.keySet().forEach(name -> findUser(name).ifPresent(user -> byUser.put(user, name)));
        standing = new Standing(Map.copyOf(byName), Map.copyOf(byUser));
      }
      return standing.byName();
    } finally {
      readingStandings.unlock();
    }
  }

  private Optional<String> findUser(AccountName name) {
    try {
      return registry.findByName(name).map(UserRecord::id);
    } catch (AccountException damage) {
      LOG.error("{}", damage.getMessage());
      return Optional.empty();
    }
  }

  /** Has root do on this machine what it has written of the account, perhaps on another. */
  void apply(AccountName name) {
    Optional<UserRecord> owner = registry.findByName(name);
    // Its key was taken away; the next use makes another.
    owner.ifPresent(found -> provisioned.remove(found.id()));
    owner.map(UserRecord::account).filter(found -> !found.reserved()).ifPresent(provisioner::apply);
  }

  boolean isDisabled(String userId) {
    return standing.byUser().containsKey(userId);
  }

  /** The ids of all users who have an account. */
  List<String> knownUsers() {
    return registry.userRecords().stream().map(UserRecord::id).toList();
  }

  boolean isOpenWebUiUser(String userId) {
    return registry.isOpenWebUiUser(userId);
  }

  /** Open WebUI itself has said that it has this user. A disk that is full keeps nobody out. */
  void rememberOpenWebUiUser(String userId) {
    try {
      registry.rememberOpenWebUiUser(userId);
    } catch (AccountException failure) {
      LOG.warn("cannot keep that Open WebUI has a user: {}", failure.getMessage());
    }
  }

  /** Disables the account of a user who is pending in Open WebUI, or was deleted there. */
  void disable(String userId) {
    if (isolation && !isDisabled(userId)) {
      change(userId, provisioner::disable, "disabled");
    }
  }

  /** Enables the account of a user of Open WebUI, unless it was an admin who disabled it. */
  void enable(String userId) {
    Standing now = standing;
    AccountName name = now.byUser().get(userId);
    AccountStanding found = name == null ? null : now.byName().get(name);
    if (isolation && found != null && found.isOpenWebUis()) {
      change(userId, provisioner::enable, "enabled");
    }
  }

  private void change(String userId, Consumer<Account> request, String what) {
    if (!changing.add(userId)) {
      return;
    }
    try {
      Optional<Account> account = registry.findOf(userId);
      if (account.isPresent()) {
        request.accept(account.get());
        provisioned.remove(userId);
        LOG.info("the account {} is {}, as Open WebUI says", account.get().name(), what);
        var unused = readStandings();
      }
    } catch (AccountException failure) {
      LOG.warn("an account could not be {}: {}", what, failure.getMessage());
    } finally {
      changing.remove(userId);
    }
  }

  /** Follows what Open WebUI says of the users whose tokens it is asked about. */
  public RoleListener roles() {
    return new RoleListener() {
      @Override
      public void active(String userId) {
        // At once: the request that brought the token goes on with the account.
        enable(userId);
      }

      @Override
      public void pending(String userId) {
        if (isolation && !isDisabled(userId)) {
          Thread.ofVirtual().name("disable").start(() -> disable(userId));
        }
      }
    };
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
