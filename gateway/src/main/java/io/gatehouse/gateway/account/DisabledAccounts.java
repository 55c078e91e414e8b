package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountRegistry.UserRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells, by name and by user, which accounts root has disabled or removed. */
final class DisabledAccounts {

  private static final Logger LOG = LoggerFactory.getLogger(DisabledAccounts.class);

  /**
   * The accounts that are disabled or removed.
   *
   * @param byUser the names of those accounts by the ids of their users
   */
  private record Known(Map<AccountName, AccountStanding> byName, Map<String, AccountName> byUser) {

    Optional<AccountName> nameOf(String userId) {
      return Optional.ofNullable(byUser.get(userId));
    }
  }

  private final Standings standings;
  private final AccountRegistry registry;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Known known = new Known(Map.of(), Map.of());

  DisabledAccounts(Standings standings, AccountRegistry registry) {
    this.standings = standings;
    this.registry = registry;
  }

  /**
   * Reads which accounts root has disabled or removed by now. If nothing has changed, that costs
   * one look at a folder.
   */
  Map<AccountName, AccountStanding> read() {
    reading.lock();
    try {
      if (standings.mayHaveChanged()) {
        Map<AccountName, AccountStanding> byName = standings.read();
        Map<String, AccountName> byUser = new HashMap<>();
        byName.keySet().forEach(name -> findUser(name).ifPresent(user -> byUser.put(user, name)));
        known = new Known(Map.copyOf(byName), Map.copyOf(byUser));
      }
      return known.byName();
    } finally {
      reading.unlock();
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

  /** Whether the user's account was disabled or removed at the last {@link #read}. */
  boolean hasAccountOf(String userId) {
    return known.byUser().containsKey(userId);
  }

  /**
   * Whether the user's account is disabled because of what Open WebUI said, and not by an admin.
   */
  boolean isDisabledByOpenWebUi(String userId) {
    Known now = known;
    return now.nameOf(userId)
        .flatMap(name -> Optional.ofNullable(now.byName().get(name)))
        .filter(AccountStanding::isOpenWebUis)
        .isPresent();
  }

  /**
   * Refuses a user whose account is disabled or removed. A user without an account is not refused.
   *
   * @throws AccountException DISABLED
   */
  void requireEnabled(String userId) {
    Known now = known;
    now.nameOf(userId)
        .ifPresent(
            name -> {
              AccountStanding standing = now.byName().get(name);
              if (standing != null) {
                throw standing.refusal(name);
              }
            });
  }

  /**
   * Returns the refusal that says who disabled the account, in place of root's refusal. Root may
   * refuse an account before this gateway has read that it is disabled.
   */
  AccountException explained(AccountName name, AccountException refusal) {
    AccountStanding found = read().get(name);
    return found == null ? refusal : found.refusal(name);
  }
}
