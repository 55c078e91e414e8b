package io.gatehouse.gateway.account;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountNames.Candidate;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records which user has which account, on the volume of the homes.
 *
 * <p>There is one record for each user, and one claim for each name and each uid in use, which says
 * to whom the name or uid belongs. The claims are made before the record. If the gateway stops in
 * between, the user finds the claims again at the next attempt, and nobody else can have them.
 */
final class AccountRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(AccountRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The record of a user: the content of a file in the folder {@code users}. */
  record UserRecord(String id, Account account) {

    AccountName name() {
      return account.name();
    }
  }

  private final String prefix;
  private final Naming naming;
  private final VolumeNaming volumeNaming;
  private final AccountNames names;
  private final Homes homes;
  private final SystemAccounts system;
  private final Claims users;
  private final Claims nameClaims;
  private final Claims uidClaims;
  private final Claims openWebUiUsers;
  private final UidAllocation uids;

  AccountRegistry(AccountSettings settings, SystemAccounts system) {
    this.prefix = settings.prefix();
    this.naming = settings.naming();
    this.volumeNaming = new VolumeNaming(settings.registry());
    this.names = new AccountNames(prefix);
    this.homes = new Homes(settings);
    this.system = system;
    this.users = new Claims(settings.registry().resolve("users"));
    this.nameClaims = new Claims(settings.registry().resolve("names"));
    this.uidClaims = new Claims(settings.registry().resolve("uids"));
    this.openWebUiUsers = new Claims(settings.registry().resolve("open-webui"));
    this.uids = new UidAllocation(uidClaims, homes, system);
  }

  /** Returns the account in the user's record, or records a new account for the user. */
  Account findOrAllocate(User user) {
    Optional<Account> known = find(UserKey.of(user.id()));
    return known.isPresent() ? known.get() : allocate(user.id(), names.candidates(user, naming()));
  }

  private Naming naming() {
    return naming == Naming.AUTO ? volumeNaming.decide(this::namingSoFar) : naming;
  }

  /**
   * Returns ID if an account or a home on the volume is named from an id, and EMAIL otherwise. So
   * all names of a volume are made alike, and homes that Open Terminal made are found again, which
   * is possible by id only. Names from mail addresses are easier to recognise.
   */
  private Naming namingSoFar() {
    List<UserRecord> known = userRecords();
    boolean ids =
        known.isEmpty()
            ? homes.names().stream().anyMatch(this::isOfNobodyKnown)
            : known.stream().anyMatch(each -> names.isFromId(each.name(), each.id()));
    return ids ? Naming.ID : Naming.EMAIL;
  }

  /** The records of all users, without damaged records and those of the gateway's own accounts. */
  List<UserRecord> userRecords() {
    List<UserRecord> records = new ArrayList<>();
    for (String owner : users.names()) {
      try {
        users
            .find(owner)
            .map(content -> record(owner, content))
            .filter(record -> record.id().indexOf(' ') < 0)
            .ifPresent(records::add);
      } catch (AccountException damage) {
        LOG.debug("{}", damage.getMessage());
      }
    }
    return records;
  }

  /**
   * Whether this home seems to be one that Open Terminal made: its name is neither that of an
   * account of the system nor claimed.
   */
  private boolean isOfNobodyKnown(AccountName home) {
    return home.value().startsWith(prefix)
        && !system.exists(home)
        && nameClaims.find(home.value()).isEmpty();
  }

  /** Returns the gateway's own account of this name, and makes it if there is none. */
  Account findOrAllocate(AccountName name, String purpose) {
    Optional<Account> known = find(UserKey.of(purpose));
    return known.isPresent()
        ? known.get()
        : allocate(purpose, Stream.of(new Candidate(name, true)));
  }

  /** The accounts of all records. A record that cannot be used is logged and left out. */
  List<Account> all() {
    List<Account> accounts = new ArrayList<>();
    for (String owner : users.names()) {
      try {
        find(owner).ifPresent(accounts::add);
      } catch (AccountException failure) {
        LOG.error(
            "{}; until this is repaired, the user of the record has no account",
            failure.getMessage());
      }
    }
    return accounts;
  }

  /** The account of the user with this id; empty if the user has none yet. */
  Optional<Account> findOf(String userId) {
    return find(UserKey.of(userId));
  }

  /** The record of the user whose account has this name. */
  Optional<UserRecord> findByName(AccountName name) {
    return nameClaims
        .find(name.value())
        .flatMap(owner -> users.find(owner).map(content -> record(owner, content)))
        .filter(record -> record.name().equals(name));
  }

  /** Records that Open WebUI has said that it knows this user. */
  void rememberOpenWebUiUser(String userId) {
    var unused = openWebUiUsers.create(UserKey.of(userId), "");
  }

  boolean isOpenWebUiUser(String userId) {
    return openWebUiUsers.find(UserKey.of(userId)).isPresent();
  }

  private Optional<Account> find(String owner) {
    Optional<Account> account = users.find(owner).map(content -> record(owner, content).account());
    account.ifPresent(known -> requireClaims(owner, known));
    return account;
  }

  private UserRecord record(String owner, String content) {
    try {
      JsonNode record = JSON.readTree(content);
      String id = record.path("id").asText();
      if (!UserKey.of(id).equals(owner)) {
        throw new IllegalArgumentException("the id in it is that of another user");
      }
      AccountName name = new AccountName(record.path("name").asText());
      return new UserRecord(id, account(id, name, record.path("uid").asInt()));
    } catch (JacksonException | IllegalArgumentException damage) {
      throw new AccountException(
          Reason.REGISTRY,
          "the record "
              + users.path(owner)
              + " is damaged; restore the registry from a backup"
              + " (docs/how-to/backup-and-restore.md)",
          damage);
    }
  }

  private Account account(String userId, AccountName name, int uid) {
    return new Account(name, uid, home(userId, name), isReserved(userId));
  }

  private Path home(String userId, AccountName name) {
    return isReserved(userId) ? homes.ofReserved(name) : homes.of(name);
  }

  /**
   * Whether this is the purpose of an account of the gateway's own and not a user's id, which has
   * no space.
   */
  private static boolean isReserved(String userId) {
    return userId.indexOf(' ') >= 0 && !userId.equals(Accounts.SINGLE_PURPOSE);
  }

  /**
   * Checks that the name and the uid are claimed by the record's user. A record that was copied or
   * restored must not give one account to two users.
   */
  private void requireClaims(String owner, Account account) {
    String uid = Integer.toString(account.uid());
    if (!nameClaims.claim(account.name().value(), owner) || !uidClaims.claim(uid, owner)) {
      throw new AccountException(
          Reason.REGISTRY,
          "the name or the uid in the record "
              + users.path(owner)
              + " belongs to another user; restore the registry from a backup"
              + " (docs/how-to/backup-and-restore.md)");
    }
  }

  private Account allocate(String userId, Stream<Candidate> candidates) {
    String owner = UserKey.of(userId);
    for (Candidate candidate : (Iterable<Candidate>) candidates::iterator) {
      AccountName name = candidate.name();
      if (isTaken(name, owner)) {
        continue;
      }
      if (!candidate.adopts()) {
        requireNoHomeOfAnother(owner, name);
      }
      if (nameClaims.claim(name.value(), owner)) {
        // The claim of the name is kept if one of the next steps fails. Once an admin has removed
        // the cause, the user gets the name.
        return record(userId, name, uids.claim(owner, name, home(userId, name)));
      }
    }
    throw new AccountException(
        Reason.REGISTRY,
        "all names that this user's account could have are taken; an administrator has to set"
            + " another OPEN_TERMINAL_USER_PREFIX");
  }

  /**
   * Whether the name belongs to another user, or to an account of the system that Gatehouse did not
   * make.
   */
  private boolean isTaken(AccountName name, String owner) {
    return nameClaims
        .find(name.value())
        .map(claim -> !claim.equals(owner))
        .orElseGet(() -> system.exists(name));
  }

  private void requireNoHomeOfAnother(String owner, AccountName name) {
    OptionalInt uid = homes.owner(homes.of(name));
    if (uid.isPresent() && !uidClaims.has(Integer.toString(uid.getAsInt()), owner)) {
      throw Homes.conflict(
          homes.of(name)
              + " exists already and belongs to uid "
              + uid.getAsInt()
              + "; a user whose account is named from a mail address cannot get an existing home;"
              + " move the home away");
    }
  }

  private Account record(String userId, AccountName name, int uid) {
    String owner = UserKey.of(userId);
    String content =
        JSON.createObjectNode()
            .put("id", userId)
            .put("name", name.value())
            .put("uid", uid)
            .toString();
    if (!users.create(owner, content)) {
      // Another gateway on this volume was faster, and its record counts.
      return releaseUnless(find(owner).orElseThrow(), name, uid);
    }
    LOG.info("a new user has got the account {} with uid {}", name, uid);
    return account(userId, name, uid);
  }

  /** Releases the claims of the name and the uid that are not in the other gateway's record. */
  private Account releaseUnless(Account recorded, AccountName name, int uid) {
    if (!recorded.name().equals(name)) {
      nameClaims.release(name.value());
    }
    if (recorded.uid() != uid) {
      uidClaims.release(Integer.toString(uid));
    }
    return recorded;
  }
}
