package io.gatehouse.gateway.account;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of an OS account.
 *
 * @param value 1 to 32 of a-z, 0-9, _ and -, beginning with a letter or _ (useradd's own rule)
 */
public record AccountName(String value) {

  private static final Pattern RULE = Pattern.compile(Boundary.ACCOUNT_NAME);

  /**
   * Names that no user gets, because they mean something on a Debian system, in Open Terminal's
   * image, or to a reader.
   */
  private static final Set<String> RESERVED =
      Set.of(
          "root",
          "daemon",
          "bin",
          "sys",
          "sync",
          "games",
          "man",
          "lp",
          "mail",
          "news",
          "uucp",
          "proxy",
          "www-data",
          "backup",
          "list",
          "irc",
          "gnats",
          "nobody",
          "nogroup",
          "_apt",
          "messagebus",
          "sshd",
          "polkitd",
          "ntp",
          "syslog",
          "uuidd",
          "tcpdump",
          "postgres",
          "mysql",
          "redis",
          "docker",
          "sudo",
          "adm",
          "wheel",
          "staff",
          "shadow",
          "tty",
          "disk",
          "kmem",
          "dialout",
          "fax",
          "voice",
          "cdrom",
          "floppy",
          "tape",
          "audio",
          "video",
          "dip",
          "src",
          "operator",
          "users",
          "utmp",
          "plugdev",
          "sasl",
          "ssh",
          "_ssh",
          "ssl-cert",
          "netdev",
          "clock",
          "halt",
          "shutdown",
          "input",
          "render",
          "sgx",
          "kvm",
          "crontab",
          "admin",
          "administrator",
          "guest",
          "user",
          "usr",
          "ubuntu",
          "debian",
          "gateway",
          "gatehouse",
          Boundary.CALLER_ACCOUNT,
          Boundary.TARGET_ACCOUNT,
          "provision",
          "system",
          "test",
          "lost-found");

  private static final String SYSTEMD = "systemd-";

  public AccountName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(Boundary.ACCOUNT_NAME_RULE);
    }
  }

  static boolean isValid(String value) {
    return RULE.matcher(value).matches();
  }

  /** Whether no user may get this name, even if the user's id or mail address gives it. */
  boolean isReserved() {
    return RESERVED.contains(value) || value.startsWith(SYSTEMD);
  }

  /**
   * Whether this is the name of one of the gateway's own accounts, which begin with the prefix of
   * all accounts. A user must not get such a name before the gateway does.
   */
  boolean isReservedWith(String prefix) {
    return value.startsWith(prefix + "gatehouse-")
        && RESERVED.contains(value.substring(prefix.length()));
  }

  @Override
  public String toString() {
    return value;
  }
}
