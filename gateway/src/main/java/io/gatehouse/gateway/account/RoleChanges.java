package io.gatehouse.gateway.account;

import io.gatehouse.gateway.auth.RoleListener;

/** Disables and enables accounts by what Open WebUI says of the users whose tokens are checked. */
final class RoleChanges implements RoleListener {

  private final Accounts accounts;

  RoleChanges(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public void active(String userId) {
    // This runs on the thread of the request that brought the token, because the request uses
    // the account next.
    accounts.enable(userId);
  }

  @Override
  public void pending(String userId) {
    if (accounts.isolated() && !accounts.isDisabled(userId)) {
      Thread.ofVirtual().name("disable").start(() -> accounts.disable(userId));
    }
  }
}
