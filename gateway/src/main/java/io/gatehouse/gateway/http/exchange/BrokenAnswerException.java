package io.gatehouse.gateway.http.exchange;

/** Tells that an answer failed after its first part was sent: the connection has to break. */
public final class BrokenAnswerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BrokenAnswerException(Exception cause) {
    super("the answer broke off", cause);
  }
}
