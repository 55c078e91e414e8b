package io.gatehouse.gateway.http;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells that a request cannot be answered as asked, with the status and the sentence to say so. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String concern;

  RefusedException(int status, String detail) {
    this(status, detail, null);
  }

  private RefusedException(int status, String detail, @Nullable String concern) {
    super(detail);
    this.status = status;
    this.concern = concern;
  }

  /**
   * A refusal that an admin should know of.
   *
   * @param concern what the log says; the client sees only the detail
   */
  static RefusedException ofConcern(int status, String detail, String concern) {
    return new RefusedException(status, detail, concern);
  }

  int status() {
    return status;
  }

  /** What an admin should know; empty for what concerns its user only. */
  Optional<String> concern() {
    return Optional.ofNullable(concern);
  }
}
