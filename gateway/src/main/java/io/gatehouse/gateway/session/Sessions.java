package io.gatehouse.gateway.session;

import io.gatehouse.gateway.account.Account;

/** Gives every account its pooled login. */
public interface Sessions extends AutoCloseable {

  /**
   * Returns the login of the account; the gateway logs in when the session is used for the first
   * time.
   *
   * <p>The pool owns the session, so callers do not close it.
   */
  Session of(Account account);

  /** Ends every login and whatever still runs in them. */
  @Override
  void close();
}
