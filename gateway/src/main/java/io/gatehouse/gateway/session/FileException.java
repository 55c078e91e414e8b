package io.gatehouse.gateway.session;

/** Tells that something could not be done with a file, and names the file. */
public final class FileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of failure. The table of errors maps it to the HTTP status of the answer. */
  public enum Reason {
    /** There is nothing at this path. */
    NOT_FOUND,
    /** The kernel does not allow this account to do it. */
    DENIED,
    /** There is something at this path already. */
    EXISTS,
    /** The file is not, or no longer, as the request expects it. */
    CONFLICT,
    /** The request cannot be applied to the file. */
    INVALID,
    /** The disk or the account's quota is full. */
    NO_SPACE,
    /** This kind of file is not read as text. */
    UNSUPPORTED_TYPE,
    /** The document cannot be read, or not within the limits for documents. */
    UNREADABLE,
    /** The content is larger than one request or answer may be. */
    TOO_LARGE,
    /** The operation failed, and SFTP does not tell why. */
    FAILED
  }

  private final Reason reason;

  public FileException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public FileException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
