package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.UserList;
import io.gatehouse.gateway.auth.UserList.Listed;
import io.gatehouse.gateway.auth.UserListException;
import io.gatehouse.gateway.schedule.RepeatedTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disables the accounts of users whom Open WebUI's list does not have any more or has as pending,
 * and enables them again.
 *
 * <p>An answer that is odd changes nothing: one that is not complete ({@link UserList}), and one
 * that lacks more of the accounts' users than it has, as another Open WebUI's would. Who is missing
 * has to be missing in two lists one after the other. Only users who were seen in a list, or whom
 * Open WebUI vouched for with a token, can be missing: what a caller with the API key names has an
 * account too, and need not be a user of Open WebUI.
 */
public final class UserListPoll implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UserListPoll.class);

  /**
   * This many users may be missing all at once. With three accounts, half of them missing is no
   * sign of a wrong list.
   */
  static final int FEW = 3;

  private final UserList list;
  private final Accounts accounts;
  private final RepeatedTask rounds = new RepeatedTask("user-list");

  /** The users who were missing in the previous list. Only the rounds' one thread uses it. */
  private Set<String> missingBefore = Set.of();

  /** The last complaint about a list, so that the same complaint is logged once. */
  private String complaint = "";

  public UserListPoll(UserList list, Accounts accounts) {
    this.list = list;
    this.accounts = accounts;
  }

  /** Starts to ask for the list at this interval. */
  public void begin(Duration interval) {
    rounds.begin(Duration.ZERO, interval, this::round);
  }

  /** Reads the list once and disables and enables accounts accordingly. */
  void round() {
    try {
      compare(list.read());
      complaint = "";
    } catch (UserListException odd) {
      missingBefore = Set.of();
      complain(String.valueOf(odd.getMessage()));
    } catch (RuntimeException failure) {
      LOG.warn("Open WebUI's list of users could not be applied", failure);
    }
  }

  private void complain(String reason) {
    if (!reason.equals(complaint)) {
      LOG.warn("Open WebUI's list of users is not relied on, and nobody is disabled: {}", reason);
      complaint = reason;
    }
  }

  private void compare(Map<String, Listed> listed) {
    List<String> known = accounts.knownUsers();
    known.stream().filter(listed::containsKey).forEach(accounts::rememberOpenWebUiUser);
    Set<String> missing = missing(known, listed);
    for (String user : known) {
      switch (listed.get(user)) {
        case ACTIVE -> accounts.enable(user);
        case PENDING -> accounts.disable(user);
        case OTHER -> LOG.debug("a user has a role of which nothing is known");
        case null -> {
          if (missing.contains(user) && missingBefore.contains(user)) {
            accounts.disable(user);
          }
        }
      }
    }
    missingBefore = missing;
  }

  /**
   * @throws UserListException if so many are missing that the list is not that of their Open WebUI
   */
  private Set<String> missing(List<String> known, Map<String, Listed> listed) {
    long present = known.stream().filter(listed::containsKey).count();
    Set<String> missing =
        known.stream()
            .filter(user -> !listed.containsKey(user))
            .filter(user -> !accounts.isDisabled(user) && accounts.isOpenWebUiUser(user))
            .collect(Collectors.toUnmodifiableSet());
    if (missing.size() > FEW && missing.size() > present) {
      throw new UserListException(
          missing.size()
              + " users who have an account are not in it, and only "
              + present
              + " are; if it is right, disable the others with gatehouse users disable");
    }
    return missing;
  }

  @Override
  public void close() {
    rounds.close();
  }
}
