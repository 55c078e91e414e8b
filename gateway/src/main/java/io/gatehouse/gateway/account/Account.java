package io.gatehouse.gateway.account;

import java.nio.file.Path;

/**
 * The OS account of one user, or one of the gateway's own.
 *
 * @param uid its number, and that of its primary group
 * @param home its home directory
 * @param reserved whether it is the gateway's own, with a home apart from those of the users
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
