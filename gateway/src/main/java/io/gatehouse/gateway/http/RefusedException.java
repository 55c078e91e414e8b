package io.gatehouse.gateway.http;

/** Tells that a request cannot be answered as asked, with the status and the sentence to say so. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedException(int status, String detail) {
    super(detail);
    this.status = status;
  }

  int status() {
    return status;
  }
}
