package io.gatehouse.gateway.account;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The settings by which users get accounts.
 *
 * @param stateDirectory the folder with the registry, on the volume of the homes
 * @param homes the folder of the homes
 * @param prefix the beginning of the name of every account; may be empty
 * @param naming the part of a user from which names are made
 * @param isolation whether every user has an account; otherwise all share one
 */
public record AccountSettings(
    Path stateDirectory, Path homes, String prefix, Naming naming, boolean isolation) {

  /** The part of a user from which the account's name is made. */
  public enum Naming {
    /** The user's id, as Open Terminal does it. */
    ID,
    /** The mail address, if it is known. */
    EMAIL,
    /**
     * The part from which the accounts on the volume are named; on a new volume, the mail address.
     * See {@link VolumeNaming}.
     */
    AUTO
  }

  /** The rule for a prefix, in words. */
  public static final String PREFIX_RULE =
      "up to 16 of a-z, 0-9, _ and -, beginning with a letter or _, and not systemd-";

  private static final Pattern PREFIX = Pattern.compile("(?!systemd-)([a-z_][a-z0-9_-]{0,15})?");

  public AccountSettings {
    if (!stateDirectory.isAbsolute() || !homes.isAbsolute()) {
      throw new IllegalArgumentException(
          "the folders of the state and of the homes must be absolute paths");
    }
    if (!isPrefix(prefix)) {
      throw new IllegalArgumentException("a prefix must be " + PREFIX_RULE);
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
