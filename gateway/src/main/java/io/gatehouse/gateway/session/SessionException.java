package io.gatehouse.gateway.session;

import org.jspecify.annotations.Nullable;

/** Tells that something could not be done in an account's login. */
public final class SessionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of failure. The table of errors maps it to the HTTP status of the answer. */
  public enum Reason {
    /** Nothing answers at sshd's address, or the host key is not the pinned one. */
    UNREACHABLE,
    /** sshd does not accept the account's key. */
    LOGIN_REFUSED,
    /** PAM refuses the login, because a bound or a measure of isolation cannot be put in force. */
    NOT_ISOLATED,
    /** sshd opens no further channel in this login. */
    CHANNEL_REFUSED,
    /** The working directory does not exist or may not be entered. */
    NO_DIRECTORY,
    /** The shell ended before it came to the command. */
    NOT_STARTED,
    /** The command has ended and takes no more input. */
    ENDED,
    /** The login did not answer within the limit. */
    TIMED_OUT
  }

  private final Reason reason;

  public SessionException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public SessionException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** The text for the log: the message, unless it names a directory of the user. */
  public String forLog() {
    return switch (reason) {
      case NO_DIRECTORY, ENDED -> reason.name();
      default -> String.valueOf(getMessage());
    };
  }
}
