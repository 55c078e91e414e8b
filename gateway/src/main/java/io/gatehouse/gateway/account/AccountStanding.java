package io.gatehouse.gateway.account;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * That an account is disabled or removed, as root has written it; see {@code
 * sshd-config/accounts.pl}.
 *
 * @param kind which of the two
 * @param by who said so
 * @param uid the account's number; empty if the file is damaged, which disables all the same
 */
record AccountStanding(Kind kind, By by, Optional<Integer> uid) {

  /** The two states of an account that cannot be used. */
  enum Kind {
    /** Nobody can log in to it. The account and its home are still there. */
    DISABLED,
    /** The machine has no such account. The name and uid stay its user's. */
    REMOVED
  }

  /** Who said so, and can take it back. */
  enum By {
    /** An admin, with the command {@code gatehouse users}. */
    ADMIN,
    /** Open WebUI, by what it says of the user. */
    OPEN_WEBUI
  }

  private static final Pattern LINE =
      Pattern.compile(
          "(%s|%s) (%s) (%s|%s) [0-9]{1,11}"
              .formatted(
                  Boundary.DISABLED,
                  Boundary.REMOVED,
                  Boundary.UID_FORM,
                  Boundary.BY_ADMIN,
                  Boundary.BY_OPEN_WEBUI));

  static AccountStanding parse(String content) {
    Matcher line = LINE.matcher(content.strip());
    if (!line.matches()) {
      return new AccountStanding(Kind.DISABLED, By.ADMIN, Optional.empty());
    }
    return new AccountStanding(
        line.group(1).equals(Boundary.REMOVED) ? Kind.REMOVED : Kind.DISABLED,
        line.group(3).equals(Boundary.BY_ADMIN) ? By.ADMIN : By.OPEN_WEBUI,
        Optional.of(Integer.valueOf(line.group(2))));
  }

  /** Whether Open WebUI may take it back. */
  boolean isOpenWebUis() {
    return kind == Kind.DISABLED && by == By.OPEN_WEBUI;
  }

  /** The refusal that the account's user reads. */
  AccountException refusal(AccountName name) {
    String sentence =
        switch (kind) {
          case REMOVED ->
              "Your account here, "
                  + name
                  + ", was removed. An administrator of Gatehouse can give it to you again:"
                  + " gatehouse users enable "
                  + name;
          case DISABLED ->
              by == By.ADMIN
                  ? "Your account here, "
                      + name
                      + ", is disabled. An administrator of Gatehouse can enable it: gatehouse"
                      + " users enable "
                      + name
                  : "Your account here, "
                      + name
                      + ", is disabled, because your user in Open WebUI is pending or deleted. It"
                      + " is enabled again when an administrator of Open WebUI activates your user";
        };
    return new AccountException(AccountException.Reason.DISABLED, sentence);
  }
}
