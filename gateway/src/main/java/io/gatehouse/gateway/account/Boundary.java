package io.gatehouse.gateway.account;

import java.nio.file.Path;

/**
 * The rules, numbers and names that the gateway and root's scripts both know.
 *
 * <p>They are written here and nowhere else in the gateway. The scripts have theirs in {@code
 * sshd-config/rules.sh}; {@code BoundaryTest} holds the two equal, and {@code
 * docs/reference/boundary.md} says what each is for.
 */
public final class Boundary {

  /** The name of an account, as a regular expression: useradd's own rule. */
  public static final String ACCOUNT_NAME = "[a-z_][a-z0-9_-]{0,31}";

  /** The rule for a name, in words. */
  public static final String ACCOUNT_NAME_RULE =
      "an account name has 1 to 32 of a-z, 0-9, _ and - and begins with a letter or _";

  /** Characters of the longest name. */
  public static final int LONGEST_ACCOUNT_NAME = 32;

  /** The digits of a uid, as a regular expression. */
  public static final String UID_FORM = "[1-9][0-9]{3,4}";

  /** Below are the system's own accounts. */
  public static final int SMALLEST_UID = 1000;

  /** Above are ranges of systemd and of containers. */
  public static final int LARGEST_UID = 60_000;

  /** The rule for a uid, in words. */
  public static final String UID_RULE =
      "a uid is a number from " + SMALLEST_UID + " to " + LARGEST_UID;

  /** The account from which isolation is tried; its name follows the prefix of all accounts. */
  public static final String CALLER_ACCOUNT = "gatehouse-caller";

  /** The account on which isolation is tried. */
  public static final String TARGET_ACCOUNT = "gatehouse-target";

  /** Root has done what was asked. */
  public static final int STATUS_DONE = 0;

  /** The request, or a word of it, breaks a rule. */
  public static final int STATUS_MALFORMED = 64;

  /** Something else has the name, the uid or the place of the home. */
  public static final int STATUS_CONFLICT = 65;

  /** Root could not do it. */
  public static final int STATUS_FAILED = 70;

  /** The disk is full. */
  public static final int STATUS_FULL = 73;

  /** Nothing was ended, because somebody is logged in as the account. */
  public static final int STATUS_LOGGED_IN = 75;

  /** The account is disabled or removed. */
  public static final int STATUS_NOT_ENABLED = 77;

  /** OpenSSH's own: PAM has refused the login, and the output says why. */
  public static final int STATUS_REFUSED_BY_PAM = 254;

  /** The standing of an account in which nobody can log in; its home is there. */
  public static final String DISABLED = "disabled";

  /** The standing of an account that the machine does not have any more. */
  public static final String REMOVED = "removed";

  /** A standing that an administrator has given, and alone can take back. */
  public static final String BY_ADMIN = "admin";

  /** A standing that follows from what Open WebUI says of the user. */
  public static final String BY_OPEN_WEBUI = "open-webui";

  /** The value of a bound that there is not. */
  public static final String UNLIMITED = "unlimited";

  /** The value of {@code require} where no measure is required. */
  public static final String NOTHING_REQUIRED = "none";

  /** Begins each variable of a channel; the prelude makes {@code X} of {@code GATEHOUSE_ENV_X}. */
  public static final String ENVIRONMENT_PREFIX = "GATEHOUSE_ENV_";

  /** Begins the prelude's report: the record separator of ASCII, which few programs print. */
  public static final char REPORT_MARK = '\u001e';

  /** The prelude's report that the text begins; the process id of its shell follows. */
  public static final String REPORT_STARTED = "started";

  /** The prelude's report that it cannot enter the directory. */
  public static final String REPORT_NO_DIRECTORY = "cwd";

  /** What {@code sshd-config/waiting} prints of a command that waits for input. */
  public static final String WAITING = "waiting";

  /** Files of the runtime folder, which {@code sshd-config/prepare} makes with each start. */
  public enum RuntimeFile {
    /** The prelude of each command. */
    PRELUDE("command"),
    /** The program that looks whether a command waits for input. */
    WAITING("waiting"),
    /** The program that runs a notebook's kernel. */
    NOTEBOOK("notebook"),
    /** The program that tries how far accounts are kept apart. */
    PROBE("probe"),
    /** The lines that say whose bounds are what; resolve-bounds decides which of them counts. */
    BOUNDS("bounds"),
    /** The folder with a file of bounds for each account. */
    ACCOUNT_BOUNDS("accounts"),
    /** The bounds that PAM sets. */
    LIMITS("limits.conf"),
    /** The measures that the gateway has found to be in force, a line each. */
    IN_FORCE("isolation/in-force"),
    /** The public key by which the gateway knows sshd. */
    HOST_KEY("ssh_host_ed25519_key.pub"),
    /** The private key that opens root's one command. */
    PROVISIONER_KEY("provisioner_ed25519");

    private final String name;

    RuntimeFile(String name) {
      this.name = name;
    }

    /** The file in this runtime folder. */
    public Path in(Path runtimeDirectory) {
      return runtimeDirectory.resolve(name);
    }
  }

  private Boundary() {}
}
