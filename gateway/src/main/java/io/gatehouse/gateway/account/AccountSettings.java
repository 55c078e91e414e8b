package io.gatehouse.gateway.account;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * How users become accounts.
 *
 * @param stateDirectory where the registry is, on the volume of the homes
 * @param homes where the homes are
 * @param prefix what every name begins with
 * @param naming what names are made of
 * @param isolation whether every user has an account; otherwise all share one
 */
public record AccountSettings(
    Path stateDirectory, Path homes, String prefix, Naming naming, boolean isolation) {

  /** The part of a user from which the account's name is made. */
  public enum Naming {
    /** The user's id, as Open Terminal does it. */
    ID,
    /** The mail address, where there is one. */
    EMAIL,
    /**
     * As the accounts on the volume are named; on a new volume, by mail address. See {@link
     * VolumeNaming}.
     */
    AUTO
  }

  /** The rule for a prefix, in words. */
  public static final String PREFIX_RULE =
      "up to 16 of a-z, 0-9, _ and -, beginning with a letter or _, and not systemd-";

  private static final Pattern PREFIX = Pattern.compile("(?!systemd-)([a-z_][a-z0-9_-]{0,15})?");

  public AccountSettings {
    if (!stateDirectory.isAbsolute() || !homes.isAbsolute()) {
      throw new IllegalArgumentException("the state and the homes are in absolute folders");
    }
    if (!isPrefix(prefix)) {
      throw new IllegalArgumentException("a prefix is " + PREFIX_RULE);
    }
  }

  public static boolean isPrefix(String prefix) {
    return PREFIX.matcher(prefix).matches();
  }

  /**
   * The folder for the homes of the gateway's own accounts. The script {@code prepare} makes it.
   */
  Path reservedHomes() {
    return stateDirectory.resolve("reserved");
  }

  /**
   * The folder in which root writes who is disabled or removed. The script {@code prepare} makes
   * it.
   */
  Path standings() {
    return stateDirectory.resolve("accounts");
  }

  Path registry() {
    return stateDirectory.resolve("registry");
  }
}
