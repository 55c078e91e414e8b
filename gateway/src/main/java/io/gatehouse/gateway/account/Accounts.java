package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountRegistry.UserRecord;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.RoleListener;
import io.gatehouse.gateway.auth.User;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every user an account that exists, with a key that opens it. */
public final class Accounts {

  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  /** The one account of a server without isolation, as Open Terminal calls it. */
  private static final AccountName SINGLE = new AccountName("user");

  /**
   * The purpose of the single account. It has a space, so it is no user's id. The home is among
   * those of users, as in Open Terminal.
   */
  static final String SINGLE_PURPOSE = "the single account";

  private final AccountRegistry registry;
  private final DisabledAccounts disabled;
  private final Provisioning provisioning;
  private final Provisioner provisioner;
  private final String prefix;
  private final boolean isolation;

  /** Ids of users whose account is being disabled or enabled because of what Open WebUI said. */
  private final Set<String> changing = ConcurrentHashMap.newKeySet();

  Accounts(AccountSettings settings, SystemAccounts system, Provisioner provisioner) {
    this.registry = new AccountRegistry(settings, system);
    this.disabled = new DisabledAccounts(new Standings(settings.standings()), registry);
    this.provisioning = new Provisioning(new Homes(settings), provisioner, disabled);
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
   * Opens the user's account. The first access since the gateway's start provisions it, and so does
   * the first in another role.
   */
  public Account open(User user) {
    if (!isolation) {
      return openSingle();
    }
    requireEnabled(user);
    return provisioning.open(user.id(), verifiedRole(user), () -> findOrAllocate(user));
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
    if (isolation) {
      disabled.requireEnabled(user.id());
    }
  }

  /** The name of the user's account, if that was opened since the gateway's start. */
  public Optional<AccountName> nameOf(User user) {
    return provisioning.find(isolation ? user.id() : SINGLE_PURPOSE).map(Account::name);
  }

  /** The user's account if there is one; it is neither made nor opened. */
  public Optional<Account> find(User user) {
    return find(user.id());
  }

  /** The account that all share where users are not isolated, if there is one. */
  public Optional<Account> findSingle() {
    return find(SINGLE_PURPOSE);
  }

  private Optional<Account> find(String owner) {
    return provisioning.find(owner).or(() -> registry.findOf(owner));
  }

  /** Opens the one account that all share where users are not isolated. */
  public Account openSingle() {
    return openReserved(SINGLE, SINGLE_PURPOSE);
  }

  /**
   * Opens an account of the gateway's own.
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
    return provisioning.open(
        purpose, Optional.empty(), () -> registry.findOrAllocate(name, purpose));
  }

  /**
   * The role that Open WebUI said the user has; empty in key mode, which knows no role and must not
   * take away the one that Open WebUI said.
   */
  private static Optional<Role> verifiedRole(User user) {
    return user.email().map(known -> user.role());
  }

  /**
   * The key that opens an account which was opened before.
   *
   * <p>It is asked for at each login and not handed out by {@link #open}: a change of role and a
   * refused login make a new key, while what belongs to the account's login is kept.
   */
  public AccountKeyPair keyOf(Account account) {
    return provisioning.keyOf(account);
  }

  /** Provisions an account once more, with a new key, because its login is refused. */
  public void reprovision(Account account) {
    LOG.warn("sshd refuses the key of {}; provisioning it again", account.name());
    provisioning.again(account);
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

  // --- Accounts that are disabled or removed

  /** Reads which accounts root has disabled or removed by now. */
  Map<AccountName, AccountStanding> readStandings() {
    return disabled.read();
  }

  /** Has root do on this machine what it has written of the account, perhaps on another. */
  void apply(AccountName name) {
    Optional<UserRecord> owner = registry.findByName(name);
    // Root took its key away. The next use makes another.
    owner.ifPresent(found -> provisioning.forget(found.id()));
    owner.map(UserRecord::account).filter(found -> !found.reserved()).ifPresent(provisioner::apply);
  }

  boolean isDisabled(String userId) {
    return disabled.hasAccountOf(userId);
  }

  /** The ids of all users who have an account. */
  List<String> knownUsers() {
    return registry.userRecords().stream().map(UserRecord::id).toList();
  }

  boolean isOpenWebUiUser(String userId) {
    return registry.isOpenWebUiUser(userId);
  }

  /** Keeps that Open WebUI itself has named this user. A full disk keeps nobody out. */
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
    if (isolation && disabled.isDisabledByOpenWebUi(userId)) {
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
        provisioning.forget(userId);
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
        // Not on another thread: the request that brought the token goes on with the account.
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
