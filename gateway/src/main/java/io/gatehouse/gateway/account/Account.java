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

  /** The smallest uid of a person's account. Smaller ones are the system's own. */
  public static final int SMALLEST_UID = 1000;

  /** The largest uid of an account. Above are the ranges of systemd and of containers. */
  public static final int LARGEST_UID = 60_000;

  /** The account of a user. */
  public Account(AccountName name, int uid, Path home) {
    this(name, uid, home, false);
  }

  public Account {
    if (uid < SMALLEST_UID || uid > LARGEST_UID) {
      throw new IllegalArgumentException(
          "a uid is a number from " + SMALLEST_UID + " to " + LARGEST_UID);
    }
  }
}
