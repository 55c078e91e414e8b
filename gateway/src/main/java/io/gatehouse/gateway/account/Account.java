package io.gatehouse.gateway.account;

import java.nio.file.Path;

/**
 * The OS account of one user, or an account that the gateway has for itself.
 *
 * @param uid the number of the account and of its primary group
 * @param home its home directory
 * @param reserved whether the account is the gateway's own; its home is then not among the users'
 *     homes
 */
public record Account(AccountName name, int uid, Path home, boolean reserved) {

  /** The account of a user. */
  public Account(AccountName name, int uid, Path home) {
    this(name, uid, home, false);
  }

  public Account {
    if (uid < Boundary.SMALLEST_UID || uid > Boundary.LARGEST_UID) {
      throw new IllegalArgumentException(Boundary.UID_RULE);
    }
  }
}
