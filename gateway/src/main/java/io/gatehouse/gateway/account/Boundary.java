package io.gatehouse.gateway.account;

import java.nio.file.Path;

/**
 * The rules, numbers and names that the gateway and root's scripts both know.
 *
 * <p>They are written here and nowhere else in the gateway. The scripts have the same values in
 * {@code sshd-config/rules.sh}. {@code BoundaryTest} checks that both are equal, and {@code
 * docs/reference/boundary.md} says what each value is for.
 */
public final class Boundary {

  /** The name of an account, as a regular expression: useradd's own rule. */
  public static final String ACCOUNT_NAME = "[a-z_][a-z0-9_-]{0,31}";

  /** The rule for a name, in words. */
  public static final String ACCOUNT_NAME_RULE =
      "an account name must have 1 to 32 of a-z, 0-9, _ and - and must begin with a letter or _";

  /** The length of the longest account name, in characters. */
  public static final int LONGEST_ACCOUNT_NAME = 32;

  /** The digits of a uid, as a regular expression. */
  public static final String UID_FORM = "[1-9][0-9]{3,4}";

  /** The smallest uid of an account. The system's own accounts have smaller ones. */
  public static final int SMALLEST_UID = 1000;

  /** The largest uid of an account. systemd and containers use ranges above it. */
  public static final int LARGEST_UID = 60_000;

  /** The rule for a uid, in words. */
  public static final String UID_RULE =
      "a uid must be a number from " + SMALLEST_UID + " to " + LARGEST_UID;

  /**
   * The account from which isolation is tested. In its full name, the prefix of all accounts comes
   * first.
   */
  public static final String CALLER_ACCOUNT = "gatehouse-caller";

  /** The account on which isolation is tested. */
  public static final String TARGET_ACCOUNT = "gatehouse-target";

  /** The request was carried out. */
  public static final int STATUS_DONE = 0;

  /** The request, or a word of it, breaks a rule. */
  public static final int STATUS_MALFORMED = 64;

  /** Something else has the name, the uid or the path of the home. */
  public static final int STATUS_CONFLICT = 65;

  /** The request could not be carried out. */
  public static final int STATUS_FAILED = 70;

  /** The disk is full. */
  public static final int STATUS_FULL = 73;

  /** Nothing was ended, because somebody is logged in as the account. */
  public static final int STATUS_LOGGED_IN = 75;

  /** The account is disabled or removed. */
  public static final int STATUS_NOT_ENABLED = 77;

  /** The status of OpenSSH itself if PAM refuses the login; the output says why. */
  public static final int STATUS_REFUSED_BY_PAM = 254;

  /**
   * The standing of an account to which nobody can log in. The account and its home are still
   * there.
   */
  public static final String DISABLED = "disabled";

  /** The standing of an account that the machine no longer has. */
  public static final String REMOVED = "removed";

  /**
   * The author of a standing that an administrator has given. Only an administrator can take it
   * back.
   */
  public static final String BY_ADMIN = "admin";

  /** The author of a standing that follows from what Open WebUI says of the user. */
  public static final String BY_OPEN_WEBUI = "open-webui";

  /** The value of a bound that does not limit anything. */
  public static final String UNLIMITED = "unlimited";

  /** The value of {@code require} where no measure is required. */
  public static final String NOTHING_REQUIRED = "none";

  /**
   * The prefix of each environment variable that is sent over a channel; the prelude makes {@code
   * X} of {@code GATEHOUSE_ENV_X}.
   */
  public static final String ENVIRONMENT_PREFIX = "GATEHOUSE_ENV_";

  /**
   * The first character of the prelude's report: the record separator of ASCII, which few programs
   * print.
   */
  public static final char REPORT_MARK = '\u001e';

  /** The prelude's report that the command's text begins; the process id of its shell follows. */
  public static final String REPORT_STARTED = "started";

  /** The prelude's report that it cannot enter the directory. */
  public static final String REPORT_NO_DIRECTORY = "cwd";

  /** The word that {@code sshd-config/waiting} prints if a command waits for input. */
  public static final String WAITING = "waiting";

  /** Files of the runtime folder, which {@code sshd-config/prepare} makes at each start. */
  public enum RuntimeFile {
    /** The prelude of each command. */
    PRELUDE("command"),
    /** The program that finds out whether a command waits for input. */
    WAITING("waiting"),
    /** The program that starts a notebook's kernel and runs its cells. */
    NOTEBOOK("notebook"),
    /** The program that tests how far accounts are kept apart. */
    PROBE("probe"),
    /**
     * The bounds of single accounts, of groups and of all accounts; resolve-bounds decides which of
     * them apply to an account.
     */
    BOUNDS("bounds"),
    /** The folder with a file of bounds for each account. */
    ACCOUNT_BOUNDS("accounts"),
    /** The bounds that PAM sets. */
    LIMITS("limits.conf"),
    /** The measures that the gateway has found to be in force, one on each line. */
    IN_FORCE("isolation/in-force"),
    /** The public key by which the gateway knows sshd. */
    HOST_KEY("ssh_host_ed25519_key.pub"),
    /** The private key for root's login, which can run one command only: root-helper. */
    PROVISIONER_KEY("provisioner_ed25519"),
    /** The socket of {@code gatehouse mcp}. The gateway makes it in a folder made by prepare. */
    MCP_SOCKET("mcp/socket");

    private final String name;

    RuntimeFile(String name) {
      this.name = name;
    }

    /** The path of this file in the runtime folder. */
    public Path in(Path runtimeDirectory) {
      return runtimeDirectory.resolve(name);
    }
  }

  private Boundary() {}
}
