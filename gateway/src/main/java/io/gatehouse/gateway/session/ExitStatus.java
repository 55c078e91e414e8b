package io.gatehouse.gateway.session;

import java.util.Optional;

/**
 * The result of a command that has ended.
 *
 * @param code 0 to 255 as a shell reports it: 126 when it could not be started, 128 + n for signal
 *     n, 255 when the login was lost
 * @param failure in words, why the command has no status of its own; empty if it has one
 */
public record ExitStatus(int code, Optional<String> failure) {

  private static final int SIGNALLED = 128;

  /** The status by which a shell says that a program exists and cannot be started. */
  private static final int NOT_EXECUTABLE = 126;

  /** The status of {@code ssh} itself when the connection fails. */
  private static final int CONNECTION_FAILED = 255;

  public static ExitStatus ofCode(int code) {
    return new ExitStatus(code, Optional.empty());
  }

  /** The status of a command that a signal ended, by the signal's name without SIG. */
  public static ExitStatus ofSignal(String name) {
    for (Signal signal : Signal.values()) {
      if (signal.name().equals(name)) {
        return new ExitStatus(SIGNALLED + signal.number(), Optional.empty());
      }
    }
    // OpenSSH sends names of other signals with @openssh.com: a signal ended the command, but its
    // number is not told.
    return new ExitStatus(SIGNALLED, Optional.empty());
  }

  public static ExitStatus ofLostLogin() {
    return new ExitStatus(CONNECTION_FAILED, Optional.of("its login was lost"));
  }

  /** The status of a command that sshd, or the account's bounds, did not allow to start. */
  public static ExitStatus ofNotStarted() {
    return new ExitStatus(
        NOT_EXECUTABLE,
        Optional.of(
            "it could not be started; the account may already have as many processes as its limit"
                + " allows"));
  }
}
