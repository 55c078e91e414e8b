package io.gatehouse.gateway.notebooks;

import org.jspecify.annotations.Nullable;

/** Tells that a notebook cannot be opened, or that a request for an open one is refused. */
public final class NotebookException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of refusal. The table of errors maps it to the HTTP status of the answer. */
  public enum Reason {
    /** There is no such file. */
    FILE_NOT_FOUND,
    /** The file is no notebook. */
    INVALID,
    /** The notebook has no cell of this number. */
    OUT_OF_RANGE,
    /** The kernel cannot be started. */
    NOT_STARTED,
    /** The server lacks the packages that notebooks need. */
    NOT_INSTALLED,
    /** No session with this id belongs to the user. */
    NO_SESSION,
    /** The session belongs to another user. Only the log says so. */
    OF_ANOTHER_USER,
    /** A cell runs already. */
    BUSY,
    /** The user, or all users together, have as many kernels as they may have. */
    TOO_MANY,
    /** The program that runs the kernel has ended, does not answer, or says what it may not say. */
    BROKEN
  }

  private final Reason reason;

  NotebookException(Reason reason, String message) {
    this(reason, message, null);
  }

  NotebookException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
