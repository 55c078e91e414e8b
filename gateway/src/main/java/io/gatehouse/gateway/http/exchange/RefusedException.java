package io.gatehouse.gateway.http.exchange;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells that a request cannot be answered as asked, with the status and the text of the answer. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String concern;

  public RefusedException(int status, String detail) {
    this(status, detail, null);
  }

  private RefusedException(int status, String detail, @Nullable String concern) {
    super(detail);
    this.status = status;
    this.concern = concern;
  }

  /** The answer to a path that does not exist, in the words of Open Terminal. */
  public static RefusedException noSuchPage() {
    return new RefusedException(404, "Not Found");
  }

  /**
   * A refusal that an admin should know of.
   *
   * @param concern what the log says; the client sees only the detail
   */
  public static RefusedException ofConcern(int status, String detail, String concern) {
    return new RefusedException(status, detail, concern);
  }

  int status() {
    return status;
  }

  /**
   * The line for the log that an admin should see; empty for a refusal that concerns its user only.
   */
  Optional<String> concern() {
    return Optional.ofNullable(concern);
  }
}
