package io.gatehouse.gateway.http.exchange;

/**
 * Tells that an answer failed after its first part was sent, so that its connection has to be
 * closed.
 */
public final class BrokenAnswerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BrokenAnswerException(Exception cause) {
    super("the answer broke off", cause);
  }
}
