package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountRegistry.UserRecord;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.User;
import java.util.Optional;

/** Finds the caller that a process acts for, by the account of the process. */
public final class LoginCallers {

  private final AccountRegistry registry;
  private final boolean isolation;

  LoginCallers(AccountRegistry registry, boolean isolation) {
    this.registry = registry;
    this.isolation = isolation;
  }

  /**
   * The caller that a process of this account acts for. It is empty if the account is not a user's,
   * but root's, the gateway's, one by which isolation is tested, or another account of this
   * machine.
   *
   * @param account the account's name in the system's list of accounts
   */
  public Optional<Caller> find(String account) {
    if (!AccountName.isValid(account)) {
      return Optional.empty();
    }
    Optional<String> id = registry.findByName(new AccountName(account)).map(UserRecord::id);
    if (!isolation) {
      // All users share the one account, so its caller names no user, like a caller who has the API
      // key and sends no X-User-Id.
      return id.filter(Accounts.SINGLE_PURPOSE::equals)
          .map(single -> new Caller(Optional.empty(), Optional.empty()));
    }
    return id.filter(User::isValidId)
        .map(known -> new User(known, Optional.empty(), Role.USER))
        .map(user -> new Caller(Optional.of(user), Optional.empty()));
  }
}
