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

  /**
   * The name of the one account of a server without isolation. It is the same as in Open Terminal.
   */
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
   * Opens the user's account. The first access since the gateway's start provisions the account,
   * and so does the first access after a change of the user's role.
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
   * Refuses a user whose account is disabled or removed. A user without an account is not refused.
   *
   * @throws AccountException DISABLED
   */
  public void requireEnabled(User user) {
    if (isolation) {
      disabled.requireEnabled(user.id());
    }
  }

  /** The name of the user's account, if the account was opened since the gateway's start. */
  public Optional<AccountName> nameOf(User user) {
    return provisioning.find(isolation ? user.id() : SINGLE_PURPOSE).map(Account::name);
  }

  /** The callers that processes in logins act for. */
  public LoginCallers loginCallers() {
    return new LoginCallers(registry, isolation);
  }

  /** The user's account, if there is one. It is neither created nor opened. */
  public Optional<Account> find(User user) {
    return find(user.id());
  }

  /** The one account that all users share if they are not isolated, if it exists already. */
  public Optional<Account> findSingle() {
    return find(SINGLE_PURPOSE);
  }

  private Optional<Account> find(String owner) {
    return provisioning.find(owner).or(() -> registry.findOf(owner));
  }

  /** Opens the one account that all users share if they are not isolated. */
  public Account openSingle() {
    return openReserved(SINGLE, SINGLE_PURPOSE);
  }

  /**
   * Opens an account of the gateway's own.
   *
   * @param name the part of its name after the prefix of all accounts
   * @param purpose what the account is for; it must have a space, so that it is not the id of a
   *     user
   */
  public Account openReserved(String name, String purpose) {
    if (purpose.indexOf(' ') < 0) {
      throw new IllegalArgumentException("the purpose of an account must have a space");
    }
    return openReserved(new AccountName(prefix + name), purpose);
  }

  private Account openReserved(AccountName name, String purpose) {
    return provisioning.open(
        purpose, Optional.empty(), () -> registry.findOrAllocate(name, purpose));
  }

  /**
   * The role that the user has in Open WebUI. It is empty in key mode, where the role is not known
   * and the role that Open WebUI said before must stay.
   */
  private static Optional<Role> verifiedRole(User user) {
    return user.email().map(known -> user.role());
  }

  /**
   * The key that opens an account which was opened before.
   *
   * <p>The key is asked for at each login, and {@link #open} does not return it, because a change
   * of role or a refused login makes a new key while the {@code Session} of the account stays.
   */
  public AccountKeyPair keyOf(Account account) {
    return provisioning.keyOf(account);
  }

  /** Provisions an account once more, with a new key, because its login is refused. */
  public void reprovision(Account account) {
    LOG.warn(
        "sshd refuses the key of the account {}; provisioning the account again", account.name());
    provisioning.again(account);
  }

  /**
   * Prepares {@link #end}, so that it is quick even when the machine is busy. If that fails, {@link
   * #end} works all the same.
   */
  public void prepareToEnd() {
    try {
      provisioner.prepareToEnd();
    } catch (AccountException failure) {
      LOG.warn(
          "could not prepare to end processes, so ending them may take longer: {}",
          failure.getMessage());
    }
  }

  /** Kills every process of the account, no matter who started it. */
  public void end(Account account) {
    provisioner.end(account);
    LOG.info("ended all processes of {}", account.name());
  }

  /**
   * Kills the processes that the account has left running, unless somebody is logged in to it.
   *
   * @return false if somebody is logged in, so that nothing was killed
   */
  public boolean endIfLeft(Account account) {
    return provisioner.endIfLeft(account);
  }

  // --- Accounts that are disabled or removed

  /** Reads which accounts root has disabled or removed by now. */
  Map<AccountName, AccountStanding> readStandings() {
    return disabled.read();
  }

  /**
   * Has root disable, enable or remove the account on this machine, as root has written it on the
   * volume, perhaps on another machine.
   */
  void apply(AccountName name) {
    Optional<UserRecord> owner = registry.findByName(name);
    // Root has deleted the account's key. The next use of the account makes a new one.
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

  /**
   * Records that Open WebUI itself has named this user. A failure is only logged, so that a full
   * disk keeps nobody out.
   */
  void rememberOpenWebUiUser(String userId) {
    try {
      registry.rememberOpenWebUiUser(userId);
    } catch (AccountException failure) {
      LOG.warn("cannot record that Open WebUI knows a user: {}", failure.getMessage());
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
        LOG.info(
            "the account {} is {}, because of what Open WebUI says of its user",
            account.get().name(),
            what);
        var unused = readStandings();
      }
    } catch (AccountException failure) {
      LOG.warn("an account could not be {}: {}", what, failure.getMessage());
    } finally {
      changing.remove(userId);
    }
  }

  /**
   * Makes a listener that disables and enables accounts by what Open WebUI says of the users whose
   * tokens are checked.
   */
  public RoleListener roles() {
    return new RoleChanges(this);
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
