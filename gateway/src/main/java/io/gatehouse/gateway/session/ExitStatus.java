package io.gatehouse.gateway.session;

/**
 * How a command ended.
 *
 * @param code 0 to 255 as a shell reports it: 128 + n for signal n, 255 when the login was lost
 * @param lost whether the login ended before the command's own status arrived
 */
public record ExitStatus(int code, boolean lost) {

  private static final int SIGNALLED = 128;

  /** What {@code ssh} itself exits with when the connection fails. */
  private static final int CONNECTION_FAILED = 255;

  public static ExitStatus ofCode(int code) {
    return new ExitStatus(code, false);
  }

  /** The status of a command that a signal ended, by the signal's name without SIG. */
  public static ExitStatus ofSignal(String name) {
    for (Signal signal : Signal.values()) {
      if (signal.name().equals(name)) {
        return new ExitStatus(SIGNALLED + signal.number(), false);
      }
    }
    // OpenSSH writes other signals as SIG@openssh.com: ended by a signal, number not told.
    return new ExitStatus(SIGNALLED, false);
  }

  public static ExitStatus ofLostLogin() {
    return new ExitStatus(CONNECTION_FAILED, true);
  }
}
