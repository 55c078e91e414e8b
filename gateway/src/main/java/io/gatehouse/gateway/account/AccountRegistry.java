package io.gatehouse.gateway.account;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.auth.User;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps which user has which account, on the volume of the homes.
 *
 * <p>There is one record for each user, and one claim for each name and each uid in use, which says
 * whose it is. Claims are made before the record: one that was interrupted is found again by its
 * user and is lost to everybody else.
 */
final class AccountRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(AccountRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  static final int FIRST_UID = 20_000;

  private final AccountNames names;
  private final Homes homes;
  private final SystemAccounts system;
  private final Claims users;
  private final Claims nameClaims;
  private final Claims uidClaims;

  AccountRegistry(AccountSettings settings, SystemAccounts system) {
    this.names = new AccountNames(settings);
    this.homes = new Homes(settings.homes());
    this.system = system;
    this.users = new Claims(settings.registry().resolve("users"));
    this.nameClaims = new Claims(settings.registry().resolve("names"));
    this.uidClaims = new Claims(settings.registry().resolve("uids"));
  }

  /** The user's account: the recorded one, or a new one that is the user's from now on. */
  Account findOrAllocate(User user) {
    String owner = UserKey.of(user.id());
    Optional<Account> known = find(owner);
    return known.isPresent()
        ? known.get()
        : allocate(owner, user.id(), names.candidates(user).iterator());
  }

  /** The account of this very name, for a purpose that is not a user's. */
  Account findOrAllocate(AccountName name, String purpose) {
    String owner = UserKey.of(purpose);
    Optional<Account> known = find(owner);
    return known.isPresent() ? known.get() : allocate(owner, purpose, List.of(name).iterator());
  }

  /** All accounts; a record that cannot be read is logged and left out. */
  List<Account> all() {
    List<Account> accounts = new ArrayList<>();
    for (String owner : users.names()) {
      try {
        find(owner).ifPresent(accounts::add);
      } catch (AccountException failure) {
        LOG.error("{}; its user has no account until it is mended", failure.getMessage());
      }
    }
    return accounts;
  }

  private Optional<Account> find(String owner) {
    return users.find(owner).map(content -> account(owner, content));
  }

  private Account account(String owner, String content) {
    try {
      JsonNode record = JSON.readTree(content);
      AccountName name = new AccountName(record.path("name").asText());
      return new Account(name, record.path("uid").asInt(), homes.of(name));
    } catch (JacksonException | IllegalArgumentException damage) {
      throw new AccountException(
          Reason.REGISTRY, "the record " + users.path(owner) + " is damaged", damage);
    }
  }

  private Account allocate(String owner, String userId, Iterator<AccountName> candidates) {
    while (candidates.hasNext()) {
      AccountName name = candidates.next();
      boolean foreign = nameClaims.find(name.value()).isEmpty() && system.exists(name);
      if (!foreign && nameClaims.claim(name.value(), owner)) {
        int uid = claimUid(owner, name);
        return record(owner, userId, name, uid);
      }
    }
    throw new AccountException(Reason.REGISTRY, "no name is left for this user's account");
  }

  private int claimUid(String owner, AccountName name) {
    try {
      OptionalInt homeOwner = homes.owner(name);
      return homeOwner.isPresent() ? adopt(owner, name, homeOwner.getAsInt()) : newUid(owner);
    } catch (AccountException failure) {
      // Nothing is decided: when the admin has mended it, the user gets the name.
      nameClaims.release(name.value());
      throw failure;
    }
  }

  private int adopt(String owner, AccountName name, int uid) {
    boolean possible = uid >= Account.SMALLEST_UID && uid <= Account.LARGEST_UID;
    boolean foreign = system.nameOf(uid).filter(other -> !other.equals(name.value())).isPresent();
    if (!possible || foreign || !uidClaims.claim(Integer.toString(uid), owner)) {
      throw Homes.conflict(
          homes.of(name)
              + " belongs to uid "
              + uid
              + ", which cannot be that of a new account; give it another owner or move it away");
    }
    return uid;
  }

  private int newUid(String owner) {
    int next =
        uidClaims.names().stream()
                .mapToInt(Integer::parseInt)
                .filter(uid -> uid >= FIRST_UID)
                .max()
                .orElse(FIRST_UID - 1)
            + 1;
    for (int uid = next; uid < Account.LARGEST_UID; uid++) {
      if (system.nameOf(uid).isEmpty() && uidClaims.create(Integer.toString(uid), owner)) {
        return uid;
      }
    }
    throw new AccountException(Reason.REGISTRY, "no uid below " + Account.LARGEST_UID + " is left");
  }

  private Account record(String owner, String userId, AccountName name, int uid) {
    String content =
        JSON.createObjectNode()
            .put("id", userId)
            .put("name", name.value())
            .put("uid", uid)
            .toString();
    if (!users.create(owner, content)) {
      // Another gateway was faster; what it recorded counts.
      return find(owner).orElseThrow();
    }
    LOG.info("the account {} with uid {} is now that of a new user", name, uid);
    return new Account(name, uid, homes.of(name));
  }
}
